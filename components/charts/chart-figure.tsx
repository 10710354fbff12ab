import { formatBytes, formatNumber } from '@/lib/platform/format';
import { Card } from '../ui/card';
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow, TableRowHeader } from '../ui/table';
import { TimeChart, type TimeChartProps } from './time-chart';

interface ChartFigureProps extends TimeChartProps {
  /** What the first column of the table names, such as 'Time'. */
  pointName: string;
}

/** A chart with its title, and the same numbers as a table, the newest first, for whoever reads numbers better than lines. */
export function ChartFigure({ pointName, ...chart }: ChartFigureProps) {
  const { label, points, series, unit } = chart;
  const write = unit === 'bytes' ? formatBytes : formatNumber;
  return (
    <Card className="min-w-0">
      <figure className="grid min-w-0 grid-cols-1 gap-3">
        <figcaption className="font-medium">{label}</figcaption>
        <TimeChart {...chart} />
        <details>
          <summary className="w-fit rounded-sm text-[0.8125rem] font-medium text-primary-text">
            Show as a table
          </summary>
          <div className="pt-3">
            <Table caption={label} maxHeight="20rem">
              <TableHead>
                <tr>
                  <TableHeader>{pointName}</TableHeader>
                  {series.map(({ name }) => (
                    <TableHeader key={name} numeric>
                      {name}
                    </TableHeader>
                  ))}
                </tr>
              </TableHead>
              <TableBody>
                {points
                  .map((point, index) => ({ point, index }))
                  .reverse()
                  .map(({ point, index }) => (
                    <TableRow key={point.at}>
                      <TableRowHeader className="font-normal">{point.label}</TableRowHeader>
                      {series.map(({ name, values }) => (
                        <TableCell key={name} numeric>
                          {values[index] == null ? 'not known' : write(values[index])}
                        </TableCell>
                      ))}
                    </TableRow>
                  ))}
              </TableBody>
            </Table>
          </div>
        </details>
      </figure>
    </Card>
  );
}
