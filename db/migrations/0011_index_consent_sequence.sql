CREATE UNIQUE INDEX "consent_events_sequence_key" ON "consent_events" USING btree ("sequence");
