//! The program: reads the command line and hands over to [`sus::cli`].

/// Registering allocates much in small pieces.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    sus::cli::run(std::env::args_os())
}
