package locale

import "strings"

// de puts a French name after «de».
//
//   - Before a vowel, and y before a consonant, it is «d’»: d’Olten, d’Yverdon.
//   - The article of a place is contracted: du Locle, des Verrières (but de La
//     Chaux-de-Fonds, de L’Abbaye).
//   - h is aspirated, as in all German names: de Hägendorf, de Hauenstein.
//   - Before figures, and names that are a vowel alone, it stays: de 2025, de 11.
//
// Source: Grevisse, Le bon usage, «Élision» and «Contraction de l’article»; names taken
// from German keep their h aspirated.
func de(name string) string {
	if rest, ok := strings.CutPrefix(name, "Le "); ok {
		return "du " + rest
	}
	if rest, ok := strings.CutPrefix(name, "Les "); ok {
		return "des " + rest
	}
	if elides(name) {
		return "d’" + name
	}
	return "de " + name
}

const vowels = "aàâäæeéèêëiîïoôöœuùûü"

func elides(name string) bool {
	letters := []rune(strings.ToLower(name))
	if len(letters) < 2 {
		return false
	}
	if letters[0] == 'y' {
		return !strings.ContainsRune(vowels, letters[1])
	}
	return strings.ContainsRune(vowels, letters[0])
}
