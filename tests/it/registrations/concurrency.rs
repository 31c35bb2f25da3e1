//! Many at once: no two cases for a person, no broken chain, no two winners on one version, nothing skipped by a
//! reader.
