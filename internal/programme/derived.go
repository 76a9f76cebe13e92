package programme

import "sync"

// derived holds what other rooms work out of a programme once, such as tables of
// names: a programme never changes, so they hold as long as it does.
type derived struct {
	mutex sync.Mutex
	byKey map[any]any
}

// Derived returns what build makes of the programme. It is built once for a key,
// whoever asks first; what it returns must not be changed.
func Derived[T any](p *Programme, key any, build func(*Programme) T) T {
	p.derived.mutex.Lock()
	defer p.derived.mutex.Unlock()
	if found, known := p.derived.byKey[key]; known {
		return found.(T)
	}
	made := build(p)
	p.derived.byKey[key] = made
	return made
}
