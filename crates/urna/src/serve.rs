//! `urna serve`: authority, issuer and board of a small organisation in one process.

pub(crate) mod config;
pub(crate) mod installation;

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::Args;
use urna_api::server::SystemClock;

use crate::answer::End;
use crate::service::{self, Messages, settings::Settings};
use config::Config;
use installation::{Data, FirstStart, Installation, Listeners};

/// Run everything that a small organisation needs, in one process: authority, issuer and board
#[derive(Args)]
#[command(after_help = "\
Without a configuration it is for this machine alone, at http://127.0.0.1:8080 and http://127.0.0.1:8081. Others reach it
through a web server that does TLS (tools/examples/Caddyfile is an example), with two addresses: what the board serves must not have the
origin of the voting pages.

The configuration is a TOML document, all of it optional:

  [vote]                                 # authority and issuer
  url = \"https://vote.union.example\"     # where voters reach it: their links begin so; https, or http on loopback
  listen = \"127.0.0.1:8080\"              # where it listens, behind the web server

  [board]
  url = \"https://board.union.example\"    # where the public reaches the board
  listen = \"127.0.0.1:8081\"
  name = \"board.union.example\"           # logs are named <name>/<slug>; it never changes; the host of url if not given

  [mail]                                 # without it there are letters only
  from = \"Elections <elections@union.example>\"
  server = \"smtp.union.example\"          # port, security, user, password_file: spec/cli.md

The first start, in a DIR that is new or empty, makes the authority's key, and prints two sign-in links: open
them in a browser, where elections are made and run, or exchange them with `urna key accept --out FILE`. While nobody has a key, and no link is good any more, a start prints new ones; if all keys are
lost, `urna key api --data DIR … --link` makes one while the service is stopped.

An election whose draft has an issuer at the address of [vote] is issued by this installation: it makes the keys when the plan is
fixed, and begins when the election is published.

Everything lies in DIR, a folder for each role. `urna backup` copies authority and issuer, while the process is stopped. Never
start an older copy of DIR/issuer: with it, people could take a second token, which a backup prevents; nor one of DIR/board: it
would contradict what it has signed.

When it is ready it prints `listening on http://ADDRESS` for the voters, and `board on http://ADDRESS`; messages go to standard
error. SIGTERM or Ctrl-C ends it. It opens and closes elections at their times: do not leave it stopped.

One process that holds authority, issuer and board can add ballots for people who take no token, and see who comes when.
Larger organisations run `urna authority`, `urna issuer` and `urna board` on machines of different people
(spec/threat-model.md).

Complete example:

  urna serve --data union                        then open the organiser's link in a browser, or in another terminal:
  urna key accept --out organiser.toml
  urna election new council-2027 --from council --as organiser.toml

Exit status: 0 ended as asked; 1 the data is in use or cannot be opened; 2 the configuration or an argument is wrong.")]
pub(crate) struct Arguments {
    /// Where everything is kept; made at the first start
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    #[command(flatten)]
    settings: Settings,
    #[command(flatten)]
    messages: Messages,
}

/// Runs the command.
pub(crate) fn run(arguments: &Arguments) -> ExitCode {
    service::run("urna serve", arguments.messages, || serve(arguments))
}

fn serve(arguments: &Arguments) -> Result<(), End> {
    let config = arguments.settings.read(Config::parse)?;
    let data = Data::new(&arguments.data);
    let runtime = service::runtime()?;
    runtime.block_on(async {
        let (vote, vote_address) = service::bind("vote.listen", config.vote_listens()).await?;
        let (board, board_address) = service::bind("board.listen", config.board_listens()).await?;
        let listeners = Listeners { vote, board };
        let opened = tokio::task::block_in_place(|| {
            let clock = Arc::new(SystemClock);
            let handle = tokio::runtime::Handle::current();
            let installation = Installation::open(data.clone(), &config, &listeners, clock, handle)?;
            let first = installation.first_start()?;
            anyhow::Ok((installation, first))
        });
        let (installation, first) = opened.map_err(service::no)?;
        let asked = service::asked_to_end()?;
        service::announce(&format!("listening on http://{vote_address}"));
        service::announce(&format!("board on http://{board_address}"));
        if let Some(first) = first {
            service::announce(&welcome(&data, &first));
        }
        installation.run(listeners, asked).await.map_err(service::no)
    })
}

fn welcome(data: &Data, first: &FirstStart) -> String {
    format!(
        "This is the first start.\n\n\
         Sign-in link of the organiser, who makes elections:\n\n  {}\n\n\
         Sign-in link of the operator, who keeps this service and makes further keys:\n\n  {}\n\n\
         Each works once, within a week: in a browser, or for commands with urna key accept --out FILE.\n\
         Give them to nobody else.\n\n\
         The authority's key is {}: elections are bound to it. The keys of\n\
         issuers will be in {}, those of logs in {}.\n\
         Back it up while the service is stopped: urna backup --data {} FILE\n",
        *first.organiser,
        *first.operator,
        data.authority().join("authority.key").display(),
        data.issuer().display(),
        data.board().display(),
        data.path().display(),
    )
}
