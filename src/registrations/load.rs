//! How busy the writer is: what waits for it, and how much it takes at a time.
//!
//! Never here: who posts, or what.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use prometheus::core::Collector;
use prometheus::{Histogram, HistogramOpts, IntGauge};

/// What waits is counted in jobs, one a request; what is taken in registrations.
#[derive(Clone)]
pub struct Load {
    gauges: Option<Gauges>,
    /// Microseconds.
    worked: Arc<AtomicU64>,
}

#[derive(Clone)]
struct Gauges {
    waiting: IntGauge,
    taken: Histogram,
}

impl Default for Load {
    /// Nothing waits yet.
    fn default() -> Self {
        let waiting = IntGauge::new("sus_writer_waiting", "Jobs that wait for the writer");
        let sizes = vec![1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0, 512.0, 2048.0, 10_000.0];
        let about = "Registrations in one transaction of the writer";
        let taken = Histogram::with_opts(HistogramOpts::new("sus_writer_batch", about).buckets(sizes));
        // The names are fixed, and fit.
        let gauges = waiting.ok().zip(taken.ok()).map(|(waiting, taken)| Gauges { waiting, taken });
        Self { gauges, worked: Arc::default() }
    }
}

impl Load {
    /// A job was put in the queue.
    pub fn joined(&self) {
        if let Some(gauges) = &self.gauges {
            gauges.waiting.inc();
        }
    }

    /// It was not taken after all.
    pub fn left(&self) {
        if let Some(gauges) = &self.gauges {
            gauges.waiting.dec();
        }
    }

    /// Jobs were taken out of it, with so many items together.
    pub fn taken(&self, jobs: usize, items: usize) {
        if let Some(gauges) = &self.gauges {
            gauges.waiting.sub(i64::try_from(jobs).unwrap_or(i64::MAX));
            gauges.taken.observe(items as f64);
        }
    }

    /// Registrations were decided and written for so long.
    pub fn was_at_work(&self, time: Duration) {
        let micros = u64::try_from(time.as_micros()).unwrap_or(u64::MAX);
        self.worked.fetch_add(micros, Ordering::Relaxed);
    }

    /// How long registrations have been decided and written in all.
    #[must_use]
    pub fn worked(&self) -> Duration {
        Duration::from_micros(self.worked.load(Ordering::Relaxed))
    }

    /// What can be told to whoever watches.
    #[must_use]
    pub fn collectors(&self) -> Vec<Box<dyn Collector>> {
        let Some(gauges) = &self.gauges else { return Vec::new() };
        vec![Box::new(gauges.waiting.clone()), Box::new(gauges.taken.clone())]
    }
}
