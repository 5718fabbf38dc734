package report

import (
	"slices"
	"strings"

	"savestone/scenarios/stats"
	"savestone/scenarios/verdict"
)

// heat is a claim over the cells of a matrix, as a table.
type heat struct {
	Claim, Means string
	Corner       string // what rows and columns are
	Columns      []string
	Rows         []heatRow
}

type heatRow struct {
	Name  string
	Cells []heatCell
}

// heatCell is one cell of the matrix: nothing if it has no result.
type heatCell struct {
	*verdict.Result
	Glyph string
	Class string // the verdict's colour
	Far   bool   // from the limit, on either side
}

// heats makes a table of each claim that was judged in more than one cell.
func heats(results []verdict.Result) []heat {
	byClaim := map[string][]verdict.Result{}
	var claims []string
	for _, r := range results {
		if r.Cell == "" {
			continue
		}
		if byClaim[r.Claim] == nil {
			claims = append(claims, r.Claim)
		}
		byClaim[r.Claim] = append(byClaim[r.Claim], r)
	}
	var all []heat
	for _, claim := range claims {
		if len(byClaim[claim]) > 1 {
			all = append(all, heatOf(byClaim[claim]))
		}
	}
	return all
}

func heatOf(results []verdict.Result) heat {
	h := heat{Claim: results[0].Claim, Means: results[0].Means, Corner: "cell"}
	places := axes(results)
	if places == nil {
		h.Columns = []string{"verdict"}
		for i := range results {
			h.Rows = append(h.Rows, heatRow{results[i].Cell, []heatCell{heatCellOf(&results[i])}})
		}
		return h
	}
	h.Corner = places[0].rowName + " by " + places[0].columnName
	for _, p := range places {
		if !slices.Contains(h.Columns, p.column) {
			h.Columns = append(h.Columns, p.column)
		}
	}
	for i, p := range places {
		at := slices.IndexFunc(h.Rows, func(r heatRow) bool { return r.Name == p.row })
		if at < 0 {
			at = len(h.Rows)
			h.Rows = append(h.Rows, heatRow{p.row, make([]heatCell, len(h.Columns))})
		}
		h.Rows[at].Cells[slices.Index(h.Columns, p.column)] = heatCellOf(&results[i])
	}
	return h
}

// place is where a cell stands in a table of two dimensions.
type place struct{ rowName, row, columnName, column string }

// axes places cells as "system=plain weather=calm" by their last dimension and the others; nil if
// they do not all have the same two or more dimensions.
func axes(results []verdict.Result) []place {
	var places []place
	for _, r := range results {
		var keys, values []string
		for _, field := range strings.Fields(r.Cell) {
			key, value, ok := strings.Cut(field, "=")
			if !ok {
				return nil
			}
			keys, values = append(keys, key), append(values, value)
		}
		last := len(keys) - 1
		if last < 1 {
			return nil
		}
		p := place{strings.Join(keys[:last], ", "), strings.Join(values[:last], ", "),
			keys[last], values[last]}
		if len(places) > 0 &&
			(p.rowName != places[0].rowName || p.columnName != places[0].columnName) {
			return nil
		}
		places = append(places, p)
	}
	return places
}

func heatCellOf(r *verdict.Result) heatCell {
	return heatCell{r, glyphs[r.Verdict], class(r.Verdict), isFar(*r)}
}

// cellBeside is the cell to name beside a claim: none if the claim names it itself, as in
// save_success{case=calm} >= 99%.
func cellBeside(r verdict.Result) string {
	if strings.Contains(r.Claim, "{"+r.Cell+"}") {
		return ""
	}
	return r.Cell
}

// class is the verdict's name in the page's style sheet.
func class(v stats.Verdict) string {
	return strings.ReplaceAll(strings.ToLower(string(v)), " ", "-")
}

// isFar tells bounds that are more than eight times as good or as bad as they had to be. Only
// shares have such a scale.
func isFar(r verdict.Result) bool {
	if r.Unit != verdict.Share || r.Limit <= 0 || r.Limit >= 1 {
		return false
	}
	allowed, least, most := failing(r)
	return r.Verdict == stats.Proven && most < allowed/8 ||
		r.Verdict == stats.Refuted && least > allowed*8
}
