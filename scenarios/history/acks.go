package history

import "fmt"

// acks is I8: a save that was acknowledged had taken effect by then.
func (j *Judgement) acks() {
	for i := range j.Play.Saves {
		save := &j.Play.Saves[i]
		s := j.trace.session(save.Session)
		if s == nil || save.Answer != Acked || save.Marks == 0 {
			continue
		}
		j.checked("I8", 1)
		if s.honest(save) {
			continue
		}
		text := fmt.Sprintf("session %d was told that its first %s are stored, but they never are",
			s.ID, many(save.Marks, "change"))
		if l := s.stored(save.Marks); l != nil {
			text = fmt.Sprintf("session %d was told that its first %s are stored, %v too early",
				s.ID, many(save.Marks, "change"), l.at.At-save.Return.At)
		}
		j.failed("I8", save.Return.At, text, s)
	}
}
