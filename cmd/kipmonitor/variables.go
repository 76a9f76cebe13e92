package main

import (
	"slices"
	"strings"

	"kipmonitor/internal/chdb"
	"kipmonitor/internal/locale"
)

// variable is an environment variable that the program reads. docs/options.md is made
// from these, and a name that is not among them stops the start.
type variable struct {
	name, meaning, otherwise, example string
}

// The variables of the backups.
const (
	backupsVariable    = "KIPMONITOR_BACKUPS"
	backupAtVariable   = "KIPMONITOR_BACKUP_AT"
	backupKeepVariable = "KIPMONITOR_BACKUP_KEEP"
)

// The variables of the log and of what others may ask of the server.
const (
	levelVariable        = "KIPMONITOR_LOG_LEVEL"
	formatVariable       = "KIPMONITOR_LOG_FORMAT"
	metricsTokenVariable = "KIPMONITOR_METRICS_TOKEN"
)

var variables = []variable{
	{backupsVariable, "Ordner der Sicherungen der eingebauten Datenbank", "Ordner backups im Datenordner", "/mnt/sicherung/kipmonitor"},
	{backupAtVariable, "Uhrzeit in der Schweiz, zu der der Server täglich sichert", "keine Sicherung durch den Server", "02:30"},
	{backupKeepVariable, "wie viele Sicherungen bleiben", "14", "30"},
	{chdb.LibraryVariable, "Bibliothek der eingebauten Datenbank", "neben dem Programm oder in node_modules", "/opt/kipmonitor/lib/libchdb.so"},
	{"KIPMONITOR_CLICKHOUSE", "Adresse eines ClickHouse-Servers anstelle der eingebauten Datenbank; enthält ein Passwort", "eingebaute Datenbank", "clickhouse://monitor:passwort@db.example.ch:9000/monitor?secure=true"},
	{keyVariable, "Schlüssel der Konten, 32 Bytes in Base64, wo mehrere Kopien des Programms eine Datenbank teilen; geheim", "Datei accounts.key im Datenordner", "openssl rand -base64 32"},
	{formatVariable, "Form des Protokolls: text oder json", "text", "json"},
	{levelVariable, "ab welcher Stufe das Protokoll schreibt: debug, info, warn, error", "info", "debug"},
	{"KIPMONITOR_MAIL_FROM", "Absenderin der Erinnerungen", "keine Briefe", "Integrationsmonitor <monitor@example.ch>"},
	{metricsTokenVariable, "Token, mit dem /metrics auch von anderen Rechnern aus gelesen wird; mindestens 16 Zeichen; geheim", "nur von diesem Rechner aus", "openssl rand -hex 24"},
	{"KIPMONITOR_OIDC_CLIENT_ID", "Kennung des Programms beim Anmeldedienst", "", "kipmonitor"},
	{"KIPMONITOR_OIDC_CLIENT_SECRET", "Geheimnis des Programms beim Anmeldedienst; geheim", "", ""},
	{"KIPMONITOR_OIDC_GROUPS", "welche Gruppe des Anmeldedienstes welche Rolle hat", "niemand", "koordination=coordination"},
	{"KIPMONITOR_OIDC_ISSUER", "Adresse des Anmeldedienstes (OpenID Connect)", "keine Anmeldung mit fremdem Konto", "https://login.example.ch/realms/kanton"},
	{"KIPMONITOR_OIDC_TRUST_EMAIL", "1: der Anmeldedienst prüft E-Mail-Adressen, ohne es zu sagen", "0", "1"},
	{"KIPMONITOR_PUBLIC_URL", "Adresse, unter der man den Server erreicht", "nur auf diesem Rechner", "https://monitor.example.ch"},
	{factorVariable, "Rollen, die sich mit einem zweiten Faktor anmelden, durch Komma getrennt; none: keine", "coordination,administrator, mit Demodaten keine", "coordination,administrator,sender"},
	{"KIPMONITOR_SMTP", "Mailserver der Erinnerungen; enthält ein Passwort", "keine Briefe", "smtp://monitor:passwort@mail.example.ch:587"},
}

// forTests begins the names of the variables that only tests read.
const forTests = "KIPMONITOR_TEST_"

// checkEnvironment refuses a name that begins like ours and is none: what an operator
// wanted to set would be passed over.
func checkEnvironment(environment []string) error {
	for _, one := range environment {
		name, _, _ := strings.Cut(one, "=")
		known := slices.ContainsFunc(variables, func(v variable) bool { return v.name == name })
		if known || !strings.HasPrefix(name, "KIPMONITOR_") || strings.HasPrefix(name, forTests) || name == "KIPMONITOR_GALLERY" {
			continue
		}
		return newFault("variable_unknown", locale.Args{"name": name, "other": closest(name)})
	}
	return nil
}

// closest is the variable whose name is most like another.
func closest(name string) string {
	best, fewest := "", len(name)+100
	for _, one := range variables {
		if changes := editDistance(name, one.name); changes < fewest {
			best, fewest = one.name, changes
		}
	}
	return best
}

// editDistance is how many letters must be changed, added or left out (Levenshtein).
func editDistance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		before := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := before
			if a[i] != b[j] {
				cost++
			}
			before = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
