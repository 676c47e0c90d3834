//! Plots as SVG, both axes logarithmic where they span more than a page.

use anyhow::{Context, Result};
use plotters::prelude::*;
use serde_json::Value;
use std::path::Path;

const SIZE: (u32, u32) = (760, 420);
const COLOURS: [RGBColor; 4] = [
    RGBColor(0x1f, 0x5f, 0xa8),
    RGBColor(0xc4, 0x4e, 0x1c),
    RGBColor(0x3b, 0x7d, 0x3f),
    RGBColor(0x7a, 0x4b, 0x94),
];

/// A horizontal bar for each, with its number.
pub(crate) fn bars(file: &Path, title: &str, bars: &[(String, f64)]) -> Result<()> {
    let root = SVGBackend::new(file, SIZE).into_drawing_area();
    root.fill(&WHITE)?;
    let most = bars.iter().map(|bar| bar.1).fold(1.0, f64::max);
    let rows = i32::try_from(bars.len())?;
    let mut chart = ChartBuilder::on(&root)
        .caption(title, ("sans-serif", 18))
        .margin(16)
        .set_label_area_size(LabelAreaPosition::Left, 4)
        .set_label_area_size(LabelAreaPosition::Bottom, 32)
        .build_cartesian_2d(0.0..most * 1.3, 0..rows)?;
    chart.configure_mesh().disable_y_mesh().disable_y_axis().draw()?;
    for (row, (name, value)) in (0..).zip(bars.iter().rev()) {
        let bar = Rectangle::new([(0.0, row), (*value, row + 1)], COLOURS[0].mix(0.75).filled());
        chart.draw_series([bar])?.label(name);
        let text = format!("{name}: {value:.0}");
        chart.draw_series([Text::new(text, (*value + most * 0.01, row + 1), ("sans-serif", 14))])?;
    }
    root.present()?;
    Ok(())
}

/// A line for each, over logarithmic axes. Titles: of the plot, of x, of y.
pub(crate) fn lines(file: &Path, titles: [&str; 3], lines: &[(String, Vec<(f64, f64)>)]) -> Result<()> {
    let root = SVGBackend::new(file, SIZE).into_drawing_area();
    root.fill(&WHITE)?;
    let points = || lines.iter().flat_map(|(_, points)| points);
    let range = |of: fn(&(f64, f64)) -> f64| {
        let least = points().map(of).fold(f64::INFINITY, f64::min);
        let most = points().map(of).fold(0.0, f64::max);
        (least * 0.8..most * 1.25).log_scale()
    };
    let [title, x, y] = titles;
    let mut chart = ChartBuilder::on(&root)
        .caption(title, ("sans-serif", 18))
        .margin(16)
        .set_label_area_size(LabelAreaPosition::Left, 64)
        .set_label_area_size(LabelAreaPosition::Bottom, 44)
        .build_cartesian_2d(range(|it| it.0), range(|it| it.1))?;
    chart.configure_mesh().x_desc(x).y_desc(y).draw()?;
    for ((name, points), colour) in lines.iter().zip(COLOURS) {
        chart
            .draw_series(LineSeries::new(points.iter().copied(), colour.stroke_width(2)).point_size(4))?
            .label(name)
            .legend(move |(x, y)| PathElement::new([(x, y), (x + 16, y)], colour.stroke_width(2)));
    }
    chart.configure_series_labels().background_style(WHITE).border_style(BLACK).draw()?;
    root.present()?;
    Ok(())
}

/// Throughput and tail by the number of connections, of the raw numbers of `tests/load.rs`.
pub(crate) fn curve(raw: &Path, out: &Path) -> Result<()> {
    let rows: Vec<Value> = serde_json::from_str(&std::fs::read_to_string(raw)?)?;
    let mut names: Vec<&str> = Vec::new();
    for row in &rows {
        let name = row["request"].as_str().context("no name")?;
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let of = |member: &str| -> Vec<(String, Vec<(f64, f64)>)> {
        let number = |row: &Value, name: &str| row[name].as_f64().unwrap_or_default();
        let points = |name: &str| {
            let rows = rows.iter().filter(|row| row["request"] == name);
            rows.map(|row| (number(row, "connections"), number(row, member))).collect()
        };
        names.iter().map(|name| ((*name).to_owned(), points(name))).collect()
    };
    let titles = ["Requests a second by connections", "connections", "requests/s"];
    lines(&out.join("throughput.svg"), titles, &of("requests_per_second"))?;
    let titles = ["The slowest hundredth's wait by connections", "connections", "p99, ms"];
    lines(&out.join("tail.svg"), titles, &of("p99_ms"))
}
