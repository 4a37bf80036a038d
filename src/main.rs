//! The `causeway` binary: arguments -> configuration -> run.

use causeway_server::dial_command::DialCommand;
use causeway_server::init::InitOptions;
use causeway_server::link_command::LinkOptions;
use causeway_server::load;
use causeway_server::profile_command::ProfileCommand;
use clap::{Parser, Subcommand};
use std::path::PathBuf;
use std::process::ExitCode;

/// Joins SIP phones and rooms in one conference.
#[derive(Debug, Parser)]
#[command(name = "causeway", version, about)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run a bridge. Without a configuration: two conferences, reachable from this machine.
    Serve {
        /// The configuration; by default ./causeway.toml if it exists, else the built-in one.
        #[arg(long, short, env = "CAUSEWAY_CONFIG")]
        config: Option<PathBuf>,
    },
    /// Ask six questions, write a configuration, and say what to dial.
    Init(InitOptions),
    /// Validate a configuration: names the line of every mistake, and the fix.
    Check {
        /// The configuration; by default ./causeway.toml if it exists, else the built-in one.
        #[arg(env = "CAUSEWAY_CONFIG")]
        config: Option<PathBuf>,
        /// Print the built-in configuration: every key with its default and its reason.
        #[arg(long)]
        defaults: bool,
        /// Print every port, protocol and direction for the firewall, and prove them from inside.
        #[arg(long)]
        ports: bool,
    },
    /// Encrypt a password or a PIN for the configuration: reads it from the standard input.
    Seal {
        /// The configuration, which says where the key is kept.
        #[arg(long, short, env = "CAUSEWAY_CONFIG")]
        config: Option<PathBuf>,
    },
    /// Ask the dial plan.
    Dial {
        #[command(subcommand)]
        command: DialCommand,
    },
    /// Say what devices and services are like: what to type on them, and by what they are known.
    Profile {
        #[command(subcommand)]
        command: ProfileCommand,
    },
    /// Print a link by which browsers join a meeting.
    Link(LinkOptions),
    /// Make many calls to one SIP address, and measure what each of them hears.
    Load(load::LoadOptions),
}

fn main() -> ExitCode {
    // The same program decodes video in processes of its own.
    causeway_server::decode_if_asked();
    let done = match Arguments::parse().command {
        Command::Serve { config } => causeway_server::serve(config),
        Command::Init(options) => causeway_server::init(&options),
        Command::Check { config, ports: true, .. } => causeway_server::check_ports(config),
        Command::Check { config, defaults, .. } => causeway_server::check(config, defaults),
        Command::Seal { config } => causeway_server::seal(config),
        Command::Dial { command } => causeway_server::dial(&command),
        Command::Profile { command } => causeway_server::profile(&command),
        Command::Link(options) => causeway_server::link(&options),
        Command::Load(options) => load::print(&options),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
