-- Unlogged: its rows never outlive the transaction that wrote them.
CREATE UNLOGGED TABLE "audit_arriving_ids" (
	"id" uuid PRIMARY KEY NOT NULL
);
