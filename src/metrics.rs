//! What is counted of the service's own work, as Prometheus reads it.
//!
//! Labels are operation ids and status codes and nothing else: no client, no person, no path or query as sent.
//! Never here: how it is served (`server`), or a figure of the follow-up (`reports`).

use std::time::Duration;

use prometheus::core::Collector;
use prometheus::{
    Encoder, Histogram, HistogramOpts, HistogramVec, IntCounterVec, IntGauge, Opts, Registry, TextEncoder,
};

/// Seconds of answers: most take milliseconds, a report may take many seconds.
const SECONDS: [f64; 12] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 30.0];

/// The media type of [`Metrics::text`].
pub const MEDIA_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// Everything that is counted by one process.
pub struct Metrics {
    registry: Registry,
    requests: IntCounterVec,
    seconds: HistogramVec,
    waited: Histogram,
    worked: Histogram,
    head: IntGauge,
    columns: IntGauge,
}

impl Metrics {
    /// Nothing counted yet; with what others count (`beside`).
    ///
    /// # Errors
    /// When a name is no name, or is there twice.
    pub fn new(beside: Vec<Box<dyn Collector>>) -> Result<Self, prometheus::Error> {
        let timed = |name: &str, about: &str| HistogramOpts::new(name, about).buckets(SECONDS.to_vec());
        let operation = &["operation"];
        let metrics = Self {
            registry: Registry::new(),
            requests: IntCounterVec::new(
                Opts::new("sus_requests_total", "Answers, by operation and status"),
                &["operation", "status"],
            )?,
            seconds: HistogramVec::new(timed("sus_request_seconds", "Time to the head of an answer"), operation)?,
            waited: Histogram::with_opts(timed("sus_report_turn_seconds", "Time that reports waited for their turn"))?,
            worked: Histogram::with_opts(timed("sus_report_seconds", "Time to count and render reports"))?,
            head: IntGauge::new("sus_head_position", "The newest registration's position in the database")?,
            columns: IntGauge::new("sus_columns_position", "Up to which position the columns of the reports count")?,
        };
        let own: [Box<dyn Collector>; 6] = [
            Box::new(metrics.requests.clone()),
            Box::new(metrics.seconds.clone()),
            Box::new(metrics.waited.clone()),
            Box::new(metrics.worked.clone()),
            Box::new(metrics.head.clone()),
            Box::new(metrics.columns.clone()),
        ];
        for collector in own.into_iter().chain(beside) {
            metrics.registry.register(collector)?;
        }
        Ok(metrics)
    }

    /// Counts an answer.
    pub fn told(&self, operation: &'static str, status: u16, took: Duration) {
        self.requests.with_label_values(&[operation, &status.to_string()]).inc();
        self.seconds.with_label_values(&[operation]).observe(took.as_secs_f64());
    }

    /// Counts a report.
    pub fn counted(&self, waited: Duration, worked: Duration) {
        self.waited.observe(waited.as_secs_f64());
        self.worked.observe(worked.as_secs_f64());
    }

    /// Everything as text; `head` is the newest position there is, `columns` that of the reports, where they are known.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn text(&self, head: Option<i64>, columns: Option<i64>) -> Result<Vec<u8>, prometheus::Error> {
        self.head.set(head.unwrap_or(-1));
        self.columns.set(columns.unwrap_or(-1));
        let mut text = Vec::new();
        TextEncoder::new().encode(&self.registry.gather(), &mut text)?;
        Ok(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::registrations::load::Load;

    #[test]
    fn everything_is_told_as_prometheus_reads_it() {
        let load = Load::default();
        let metrics = Metrics::new(load.collectors()).unwrap();
        load.joined();
        load.joined();
        load.taken(1, 500);
        metrics.told("get_case", 404, Duration::from_millis(3));
        metrics.counted(Duration::ZERO, Duration::from_secs(2));
        let text = String::from_utf8(metrics.text(Some(7), None).unwrap()).unwrap();
        for line in [
            "sus_requests_total{operation=\"get_case\",status=\"404\"} 1",
            "sus_request_seconds_bucket{operation=\"get_case\",le=\"0.005\"} 1",
            "sus_writer_waiting 1",
            "sus_writer_batch_sum 500",
            "sus_report_seconds_count 1",
            "sus_head_position 7",
            "sus_columns_position -1",
        ] {
            assert!(text.lines().any(|told| told == line), "{line} is missing in\n{text}");
        }
    }
}
