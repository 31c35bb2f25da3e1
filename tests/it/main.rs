mod registrations;
mod support;
