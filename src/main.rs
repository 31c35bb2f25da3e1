//! The program: reads the command line and hands over to [`sus::cli`].

fn main() -> std::process::ExitCode {
    sus::cli::run(std::env::args_os())
}
