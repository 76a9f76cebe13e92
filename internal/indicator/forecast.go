package indicator

import (
	"math"

	"kipmonitor/internal/figure"
	"kipmonitor/internal/programme"
)

// Forecast continues the trend of an indicator to the last year of the programme:
// a straight line by least squares. It says where the path leads if nothing
// changes, and it is no plan.
type Forecast struct {
	Year  figure.Year
	Value figure.Decimal
	// Low and High bound the 80 % prediction interval: with 80 % probability the
	// value of the year lies within, if the trend goes on and the years scatter
	// about it as before.
	Low, High figure.Decimal
	Points    int // years that the line was drawn through
}

// The reasons why there is no forecast.
const (
	TooFewPoints Reason = "too_few_points" // fewer than four comparable, complete years
	LastYearOver Reason = "last_year_over" // there is nothing left to forecast
)

// minimumPoints: through three points a line leaves one degree of freedom, and
// the interval is so wide that it says nothing.
const minimumPoints = 4

// quantiles are the 0.9 quantiles of Student's t distribution by degrees of
// freedom, for a two-sided interval of 80 %.
var quantiles = map[int]float64{2: 1.886, 3: 1.638, 4: 1.533, 5: 1.476, 6: 1.440, 7: 1.415, 8: 1.397, 9: 1.383, 10: 1.372}

func forecast(p *programme.Programme, i *programme.Indicator, year figure.Year, series []Value) (*Forecast, Reason) {
	points := comparableYears(p, i, year, series)
	if len(points) > 0 && points[len(points)-1].Year >= p.LastYear {
		return nil, LastYearOver
	}
	if len(points) < minimumPoints {
		return nil, TooFewPoints
	}
	n := float64(len(points))
	var meanX, meanY float64
	for _, point := range points {
		meanX += float64(point.Year) / n
		meanY += point.Value.Float() / n
	}
	var sxx, sxy float64
	for _, point := range points {
		dx := float64(point.Year) - meanX
		sxx += dx * dx
		sxy += dx * (point.Value.Float() - meanY)
	}
	slope := sxy / sxx
	var squares float64
	for _, point := range points {
		residual := point.Value.Float() - meanY - slope*(float64(point.Year)-meanX)
		squares += residual * residual
	}
	ahead := float64(p.LastYear) - meanX
	centre := meanY + slope*ahead
	freedom := len(points) - 2
	half := quantiles[min(freedom, 10)] * math.Sqrt(squares/float64(freedom)) * math.Sqrt(1+1/n+ahead*ahead/sxx)

	// No figure of the programme falls below 0, and no share rises above 1.
	highest := math.Inf(1)
	if points[0].Share {
		highest = 1
	}
	result := Forecast{Year: p.LastYear, Points: len(points)}
	for _, bound := range []struct {
		to   *figure.Decimal
		from float64
	}{{&result.Value, centre}, {&result.Low, centre - half}, {&result.High, centre + half}} {
		value, err := figure.FromFloat(min(max(bound.from, 0), highest))
		if err != nil {
			return nil, OutOfRange
		}
		*bound.to = value
	}
	return &result, ""
}
