package scenarios

import (
	"fmt"
	"slices"

	"savestone/faults"
)

// weather makes the injector with the plan's faults.
func (w *world) weather() (*faults.Injector, error) {
	rules, err := w.plan.rules()
	if err != nil {
		return nil, err
	}
	w.rules = rules
	return faults.New(w.recorder.Truth(w.emulator), w.sim, w.seed, rules,
		faults.Options{Go: func(late func()) { w.sim.Go(late) }})
}

// addFaults adds rules to those that hold, and returns their IDs. A window counts from now.
func (w *world) addFaults(rules faults.Plan) ([]string, error) {
	var ids []string
	for _, rule := range rules {
		if rule.ID == "" {
			w.added++
			rule.ID = fmt.Sprintf("added#%d", w.added)
		}
		now := w.since()
		rule.From += now
		if rule.To > 0 {
			rule.To += now
		}
		ids = append(ids, rule.ID)
		w.rules = append(w.rules, rule)
	}
	return ids, w.injector.SetPlan(w.rules)
}

// dropFaults ends the rules of some IDs.
func (w *world) dropFaults(ids []string) {
	w.rules = slices.DeleteFunc(w.rules, func(r faults.Rule) bool {
		return slices.Contains(ids, r.ID)
	})
	if err := w.injector.SetPlan(w.rules); err != nil {
		w.fail(err)
	}
}
