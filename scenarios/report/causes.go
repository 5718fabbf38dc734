package report

import "savestone/scenarios/verdict"

// crossing is a table of what failed saves against the faults that were about.
type crossing struct {
	Faults []string
	Rows   []crossingRow
}

type crossingRow struct {
	Cause string
	N     int
	Cells []crossingCell
}

// crossingCell counts the failures of a cause in the worlds in which a fault fired.
type crossingCell struct {
	N     int
	Share float64 // of the failures of this cause
	Class string
}

// cross counts, for each cause and each fault, the failed saves in worlds in which both occurred.
// It shows what goes together, which is where to look, and not what caused what.
func cross(rows []verdict.Row, t totals) crossing {
	var table crossing
	for _, fault := range tallies(t.Fired) {
		table.Faults = append(table.Faults, fault.Name)
	}
	for _, cause := range tallies(t.Causes) {
		line := crossingRow{cause.Name, cause.N, make([]crossingCell, len(table.Faults))}
		for i, fault := range table.Faults {
			n := 0
			for _, row := range rows {
				if row.Error == "" && row.Fired[fault] > 0 {
					n += row.Causes[cause.Name]
				}
			}
			cell := crossingCell{N: n}
			if cause.N > 0 {
				cell.Share = float64(n) / float64(cause.N)
			}
			switch {
			case cell.Share >= 0.9:
				cell.Class = "most"
			case cell.Share >= 0.5:
				cell.Class = "many"
			}
			line.Cells[i] = cell
		}
		table.Rows = append(table.Rows, line)
	}
	return table
}
