package programme

import (
	"strings"
	"testing"
	"testing/fstest"
)

// smallSet is a definition of a few entries that has no fault: two areas, three
// municipalities of which one was merged, a yearly and a quarterly form.
var smallSet = map[string]string{
	"programme.yaml": `
name: {de: Programm, fr: Programme, it: Programma, en: Programme}
canton: {de: Kanton, fr: Canton, it: Cantone, en: Canton}
first_year: 2024
last_year: 2027
data_from: 2022
baseline: 2023
demo: true
`,
	"areas.yaml": `
- code: FB1
  number: "1"
  funding: true
  name: {de: Information, fr: Information, it: Informazione, en: Information}
  short: {de: Info, fr: Info, it: Info, en: Info}
  predecessor:
    - {number: "1.1", name: {de: Erstinformation, fr: Primo-information, it: Prima informazione, en: Orientation}}
- code: FIN
  name: {de: Finanzen, fr: Finances, it: Finanze, en: Finance}
  short: {de: Finanzen, fr: Finances, it: Finanze, en: Finance}
`,
	"units.yaml": `
- {code: persons, name: {de: Personen, fr: personnes, it: persone, en: persons}, whole: true, protected: true}
- {code: points, name: {de: Punkte, fr: points, it: punti, en: points}, decimals: 1}
- {code: responses, name: {de: Antworten, fr: réponses, it: risposte, en: responses}, whole: true}
- {code: chf, name: {de: Franken, fr: francs, it: franchi, en: francs}, decimals: 2, money: true}
`,
	"dimensions.yaml": `
- name: sex
  title: {de: Geschlecht, fr: Sexe, it: Sesso, en: Sex}
  codes:
    - {code: m, name: {de: männlich, fr: masculin, it: maschile, en: male}, also: [Mann]}
    - {code: w, name: {de: weiblich, fr: féminin, it: femminile, en: female}}
- name: age
  title: {de: Alter, fr: Âge, it: Età, en: Age}
  codes:
    - {code: 16-25, name: {de: 16 bis 25, fr: 16 à 25, it: da 16 a 25, en: 16 to 25}}
- name: status
  title: {de: Status, fr: Statut, it: Statuto, en: Status}
  codes:
    - {code: VA, name: {de: Vorläufig Aufgenommene, fr: Admis provisoires, it: Ammessi provvisoriamente, en: Temporarily admitted}}
- name: level
  title: {de: Niveau, fr: Niveau de langue, it: Livello, en: Level}
  codes:
    - {code: A1, name: {de: A1, fr: A1, it: A1, en: A1}}
- name: structure_area
  title: {de: Bereich, fr: Domaine, it: Settore, en: Field}
  codes:
    - {code: RS-A, name: {de: Asyl, fr: Asile, it: Asilo, en: Asylum}}
- name: region
  title: {de: Region, fr: Région, it: Regione, en: Region}
  derived: true
`,
	"keyfigures/fb1.yaml": `
- id: arrivals
  name: {de: Zuzüge, fr: Arrivées, it: Arrivi, en: Arrivals}
  definition: {de: Zuzüge im Jahr., fr: Arrivées., it: Arrivi., en: Arrivals.}
  unit: persons
  additivity: flow
  area: FB1
  max: 5000
- id: arrivals_informed
  name: {de: Informierte, fr: Personnes informées, it: Informati, en: Informed}
  definition: {de: Davon informiert., fr: Informées., it: Informati., en: Informed.}
  unit: persons
  additivity: flow
  area: FB1
  part_of: arrivals
- id: volunteers
  name: {de: Freiwillige, fr: Bénévoles, it: Volontari, en: Volunteers}
  definition: {de: Am 31. Dezember., fr: Au 31 décembre., it: Al 31 dicembre., en: On 31 December.}
  unit: persons
  additivity: stock
  area: FB1
- id: learners
  name: {de: Lernende, fr: Apprenants, it: Allievi, en: Learners}
  definition: {de: Verschiedene Personen., fr: Personnes., it: Persone., en: Persons.}
  unit: persons
  additivity: distinct_provider
  area: FB1
- id: spending
  name: {de: Ausgaben, fr: Dépenses, it: Spese, en: Spending}
  definition: {de: Ausgaben., fr: Dépenses., it: Spese., en: Spending.}
  unit: chf
  additivity: flow
  area: FIN
- id: score_sum
  name: {de: Punktesumme, fr: Somme des points, it: Somma dei punti, en: Sum of scores}
  definition: {de: Summe., fr: Somme., it: Somma., en: Sum.}
  unit: points
  additivity: flow
  area: FB1
- id: responses
  name: {de: Antworten, fr: Réponses, it: Risposte, en: Responses}
  definition: {de: Antworten., fr: Réponses., it: Risposte., en: Responses.}
  unit: responses
  additivity: flow
  area: FB1
- id: deliveries_owed
  name: {de: Lieferungen, fr: Livraisons, it: Forniture, en: Deliveries}
  definition: {de: Lieferungen., fr: Livraisons., it: Forniture., en: Deliveries.}
  unit: responses
  additivity: flow
  area: FB1
  system: true
`,
	"indicators/fb1.yaml": `
- id: FB1-01
  area: FB1
  kind: output
  name: {de: Informierte, fr: Personnes informées, it: Informati, en: Informed}
  definition: {de: Informierte., fr: Informées., it: Informati., en: Informed.}
  unit: persons
  aggregation: sum
  numerator:
    - {key_figure: arrivals_informed}
  direction: neutral
  dimensions: [sex, region]
  deliverer: {de: Gemeinde, fr: Commune, it: Comune, en: Municipality}
  standing: proposal
  source: "[S12]"
- id: FB1-02
  area: FB1
  kind: outcome
  name: {de: Abdeckung, fr: Couverture, it: Copertura, en: Coverage}
  definition: {de: Informierte je Zuzug., fr: Informées., it: Informati., en: Informed.}
  unit: percent
  aggregation: ratio
  numerator:
    - key_figure: arrivals_informed
      filter: {age: [16-25]}
      factor: 0.5
  denominator:
    - key_figure: arrivals
  direction: higher
  deliverer: {de: Gemeinde, fr: Commune, it: Comune, en: Municipality}
  standing: federal
  source: "[S12]"
- id: FB1-03
  area: FB1
  kind: output
  name: {de: Freiwillige, fr: Bénévoles, it: Volontari, en: Volunteers}
  definition: {de: Freiwillige., fr: Bénévoles., it: Volontari., en: Volunteers.}
  unit: persons
  aggregation: snapshot
  numerator:
    - key_figure: volunteers
  direction: band
  deliverer: {de: Anbieter, fr: Prestataire, it: Fornitore, en: Provider}
  standing: proposal
  source: "[S58]"
- id: FB1-04
  area: FB1
  kind: output
  name: {de: Lernende, fr: Apprenants, it: Allievi, en: Learners}
  definition: {de: Lernende., fr: Apprenants., it: Allievi., en: Learners.}
  unit: persons
  aggregation: distinct
  numerator:
    - key_figure: learners
  direction: higher
  deliverer: {de: Anbieter, fr: Prestataire, it: Fornitore, en: Provider}
  standing: proposal
  source: "[S20]"
- id: FB1-05
  area: FB1
  kind: quality
  name: {de: Zufriedenheit, fr: Satisfaction, it: Soddisfazione, en: Satisfaction}
  definition: {de: Punkte je Antwort., fr: Points., it: Punti., en: Points.}
  unit: points
  aggregation: weighted_mean
  numerator:
    - key_figure: score_sum
  denominator:
    - key_figure: responses
  direction: higher
  deliverer: {de: Anbieter, fr: Prestataire, it: Fornitore, en: Provider}
  standing: proposal
  source: Vorschlag
`,
	"targets/fb1.yaml": `
- {indicator: FB1-02, year: 2024, value: 0.9, decided: 2024-01-01, standing: proposal, origin: Vorschlag, baseline: 0.88}
- {indicator: FB1-02, year: 2024, value: 0.92, decided: 2025-01-01, standing: proposal, origin: Vorschlag}
- {indicator: FB1-03, year: 2027, value: 20, upper: 30, decided: 2024-01-01, standing: proposal, origin: Vorschlag}
`,
	"caveats/fb1.yaml": `
- {indicator: FB1-02, from: 2024, break: true, text: {de: Neu., fr: Nouveau., it: Nuovo., en: New.}, source: "[S20]"}
`,
	"measures.yaml": `
- code: M-101
  name: {de: Kurs, fr: Cours, it: Corso, en: Course}
  area: FB1
  organisation: ECAP
  kind: specific
  start: 2022
  end: 2027
  state: running
  outcome_goal: {de: Wirkung, fr: Effet, it: Effetto, en: Effect}
  indicators: [FB1-01]
  contracted: true
  standing: proposal
`,
	"organisations.yaml": `
- {code: AGS, name: {de: Amt, fr: Office, it: Ufficio, en: Office}, kind: canton, standing: cantonal}
- {code: ECAP, name: {de: ECAP, fr: ECAP, it: ECAP, en: ECAP}, kind: provider, from: 2022, to: 2027, standing: cantonal}
- {code: SR1, name: {de: Region, fr: Région, it: Regione, en: Region}, kind: social_region, region: SR01, standing: proposal}
- {code: RS1, name: {de: Schule, fr: École, it: Scuola, en: School}, kind: regular_structure, structure_area: RS-A, standing: proposal}
`,
	"regions.yaml": `
- {code: SR01, name: {de: Region, fr: Région, it: Regione, en: Region}, standing: proposal}
`,
	"municipalities.csv": `bfs_nr,hist_id,name,district,region,valid_from,valid_to,successor_bfs_nr,also
2456,,Lüterswil-Gächliwil,Bucheggberg,SR01,,2023,2465,Lüterswil
2465,,Buchegg,Bucheggberg,SR01,,,,
2581,,Olten,Olten,,,,,Olten SO|Olten-Stadt
`,
	"population.csv": `year,bfs_nr,total,age_0_4,age_5_14,age_15_24,age_25_54,age_55_plus
2022,2581,100,10,20,20,30,20
2021,2581,90,10,20,20,20,20
`,
	"rules/rules.yaml": `
- id: R-01
  form: municipality_year
  kind: row
  severity: error
  from: 2023
  to: 2024
  compare: arrivals_informed + arrivals <= 2 * arrivals
  tolerance: 0.1
  least: 2
  message: {de: "{left}: {right}", fr: "{left}: {right}.", it: "{left} e {right}", en: "{right}, {left}"}
  standing: proposal
  source: Vorschlag
- id: R-01
  form: municipality_year
  kind: peers
  severity: warning
  explain: true
  from: 2025
  figures: [arrivals_informed]
  per: arrivals
  high: 3.5
  spread: 0.05
  peers: 5
  message: {de: "{figure}", fr: "{figure}", it: "{figure}", en: "{figure}"}
  standing: proposal
  source: Vorschlag
- id: R-02
  form: provider_quarter
  kind: before
  severity: hint
  from: 2024-Q3
  compare: volunteers = learners
  message: {de: "{right}", fr: "{right}", it: "{right}", en: "{right}"}
  standing: proposal
  source: Vorschlag
`,
	"forms/municipality.yaml": `
code: municipality_year
version: "1"
name: {de: Jahresmeldung, fr: Annonce, it: Comunicazione, en: Report}
purpose: {de: Was die Gemeinde meldet., fr: Commune., it: Comune., en: Municipality.}
periodicity: yearly
from: 2022
due_days: 59
owed_by: {kinds: [municipality]}
columns:
  - {role: organisation, required: true}
  - {role: period, required: true}
  - {role: municipality, required: true}
  - {role: dimension, dimension: sex}
  - {role: dimension, dimension: age}
  - {role: figure, key_figure: arrivals, required: true}
  - {role: figure, key_figure: arrivals_informed, required: true}
  - {role: note}
`,
	"forms/provider.yaml": `
code: provider_quarter
version: "1"
name: {de: Quartalsmeldung, fr: Annonce, it: Comunicazione, en: Report}
purpose: {de: Was der Anbieter meldet., fr: Prestataire., it: Fornitore., en: Provider.}
periodicity: quarterly
due_days: 30
owed_by: {measure_areas: [FB1], organisations: [AGS]}
columns:
  - {role: organisation, required: true}
  - {role: period, required: true}
  - {role: measure, required: true}
  - {role: dimension, dimension: level, required: true}
  - {role: figure, key_figure: volunteers}
  - {role: figure, key_figure: learners}
  - {role: figure, key_figure: spending}
  - {role: figure, key_figure: score_sum}
  - {role: figure, key_figure: responses}
`,
}

// change replaces a text in a file of the small set; it must stand there once.
// An empty old text appends.
type change struct{ file, old, new string }

// files returns the small set with changes. Lines count as in the literals
// above without their leading line break.
func files(t testing.TB, changes ...change) fstest.MapFS {
	t.Helper()
	set := fstest.MapFS{}
	for name, content := range smallSet {
		set[name] = &fstest.MapFile{Data: []byte(strings.TrimPrefix(content, "\n"))}
	}
	for _, c := range changes {
		before := string(set[c.file].Data)
		if c.old == "" {
			set[c.file].Data = []byte(before + c.new)
			continue
		}
		if n := strings.Count(before, c.old); n != 1 {
			t.Fatalf("%q stands %d times in %s", c.old, n, c.file)
		}
		set[c.file].Data = []byte(strings.Replace(before, c.old, c.new, 1))
	}
	return set
}
