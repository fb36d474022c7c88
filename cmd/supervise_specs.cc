#include "cmd/supervise_specs.h"

#include "absl/strings/str_cat.h"

namespace dirwatcher {
namespace {

constexpr OptionSpec kSpecs[] = {
    {"Who is told", OptionKind::kList, '\0', "to", "TARGET",
     "tell TARGET; may be repeated; the environment has them with blanks "
     "between",
     "", ' '},
    {"Who is told", OptionKind::kFlag, '\0', "always", "",
     "tell of success, too", ""},
    {"Who is told", OptionKind::kValue, '\0', "ping", "URL",
     "get URL/start before, and URL/N with the exit code N after", ""},
    {"What they are told", OptionKind::kValue, '\0', "subject", "TEXT",
     "subject of the message", "NAME failed: HOW"},
    {"What they are told", OptionKind::kValue, '\0', "name", "NAME",
     "what the job is called", "the last part of COMMAND"},
    {"What they are told", OptionKind::kValue, '\0', "project-version",
     "VERSION", "stands with NAME in the last line of the message",
     "not specified"},
    {"What they are told", OptionKind::kValue, '\0', "tail-lines", "N",
     "how many lines of the end of the output", "50"},
    {"What they are told", OptionKind::kList, '\0', "attach", "PATH",
     "attach a file as it is when COMMAND has ended; may be repeated; the "
     "environment has them with colons between",
     "", ':'},
    {"How the job is run", OptionKind::kValue, '\0', "timeout", "SECONDS",
     "end COMMAND after that, with SIGTERM and ten seconds later SIGKILL", ""},
    {"How the job is run", OptionKind::kValue, '\0', "retries", "N",
     "run it again up to N times until it succeeds", "0"},
    {"How the job is run", OptionKind::kValue, '\0', "retry-delay", "SECONDS",
     "wait before the first of them; doubled each time, give or take a fifth",
     "1"},
    {"How the job is run", OptionKind::kValue, '\0', "lock", "FILE",
     "do not run COMMAND while another supervise has FILE locked", ""},
    {"How messages are sent", OptionKind::kValue, '\0', "spool", "DIR",
     "where messages wait",
     "/var/spool/supervise for root, else $XDG_STATE_HOME/supervise"},
    {"How messages are sent", OptionKind::kValue, '\0', "send-timeout",
     "SECONDS", "for one try at one target", "30"},
    {"How messages are sent", OptionKind::kValue, '\0', "group-wait", "SECONDS",
     "hold a message back for so long, and put it together with those of "
     "others on the same spool that are like it",
     "0"},
    {"How messages are sent", OptionKind::kValue, '\0', "repeat-interval",
     "SECONDS",
     "only count those that come within this time after one like them; 0 is "
     "never",
     "0"},
    {"Other", OptionKind::kValue, '\0', "log-file", "FILE",
     "write records there instead of to standard error", ""},
    {"Other", OptionKind::kFlag, 'v', "verbose", "",
     "log what is done, not only what goes wrong", ""},
    {"Other", OptionKind::kValue, '\0', "config", "FILE",
     "read options from a file of lines such as `retries = 2`; keys are the "
     "long names; lists stand in brackets",
     ""},
    {"Instead of running a job", OptionKind::kInformation, '\0', "flush", "",
     "try to send everything that waits in the spool", ""},
    {"Instead of running a job", OptionKind::kInformation, '\0', "queue", "",
     "list what waits in the spool", ""},
    {"Instead of running a job", OptionKind::kInformation, 'h', "help", "",
     "print this", ""},
    {"Instead of running a job", OptionKind::kInformation, '\0', "version", "",
     "print the version", ""},
};

constexpr absl::string_view kIntroduction =
    R"(Usage: supervise [OPTION...] -- COMMAND [ARG...]
       supervise [--spool DIR] --flush | --queue

Runs COMMAND and tells people when it fails.
)";

constexpr absl::string_view kConclusion = R"(
A TARGET is one of
  mailto://[USER@]HOST[:PORT]?from=ADDR&to=ADDR  mail; smtps:// for implicit TLS
  slack://                                       a Slack webhook
  sendgrid://?from=ADDR&to=ADDR                  mail through SendGrid
  https://HOST/PATH                              a JSON POST
  console:                                       standard error
docs/supervise.md tells what else stands in them. Secrets never do: they come
from files and from the environment.

The exit code is that of COMMAND; 128 + n if signal n killed it; 124 if it timed
out; 126 if it cannot be run; 127 if there is none; 2 if supervise is used
wrongly; 75 if the lock is taken, or after --flush if something still waits. The
command line wins over the environment, and that over the config file.
)";

}  // namespace

const OptionTable& SuperviseOptionTable() {
  static const OptionTable* const table = new OptionTable("SUPERVISE_", kSpecs);
  return *table;
}

std::string SuperviseHelp() {
  return absl::StrCat(kIntroduction, SuperviseOptionTable().Help(),
                      kConclusion);
}

}  // namespace dirwatcher
