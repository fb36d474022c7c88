#include "cmd/dirwatcher_specs.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace dirwatcher {
namespace {

constexpr OptionSpec kSpecs[] = {
    {"Arguments", OptionKind::kArgument, '\0', "dir", "DIR",
     "the directory to watch; it may not exist yet", ""},
    {"Arguments", OptionKind::kArguments, '\0', "magic", "MAGIC",
     "what to look for in the lines, one or more; the environment has one a "
     "line",
     // A magic holds no line feed, so that may stand between two.
     "", '\n'},
    {"What is watched", OptionKind::kList, 'e', "ext", "EXT",
     "ending of the names that are watched, `log` means `.log`; may be "
     "repeated; "
     "the environment has them with commas between",
     ".txt"},
    {"What is watched", OptionKind::kFlag, 'R', "recursive", "",
     "sub-directories too; names are then paths relative to DIR", ""},
    {"What is watched", OptionKind::kFlag, 'n', "from-end", "",
     "skip what stands in the files at the start, but count its lines", ""},
    {"What is looked for", OptionKind::kFlag, 'c', "ignore-case", "",
     "ASCII letters match in both cases", ""},
    {"What is looked for", OptionKind::kFlag, 'x', "regex", "",
     "each MAGIC is a regular expression (RE2), judged on whole lines", ""},
    {"When", OptionKind::kValue, 'i', "int", "SECONDS",
     "interval of the polls; fractions allowed", "1"},
    {"When", OptionKind::kValue, 'r', "retry", "SECONDS",
     "interval while DIR is missing", "that of --int"},
    {"When", OptionKind::kValue, 'w', "watch", "HOW",
     "what ends a wait: `poll` is the interval; `auto` is a change as well, "
     "where the system tells of it; `inotify` is the same, but does not start "
     "where it does not",
     "auto"},
    {"When", OptionKind::kFlag, '\0', "once", "", "poll once and end", ""},
    {"Output", OptionKind::kFlag, '\0', "json", "",
     "write every event as a line of JSON to standard output", ""},
    {"Output", OptionKind::kValue, '\0', "log-level", "LEVEL",
     "lowest level that is logged: debug, info, warning or error", "info"},
    {"Output", OptionKind::kValue, '\0', "log-file", "PATH",
     "log there instead of standard error", ""},
    {"Output", OptionKind::kValue, '\0', "log-max-mb", "N",
     "size in MiB beyond which the log file is rolled; 0 is never", "1"},
    {"Output", OptionKind::kValue, '\0', "log-backups", "N",
     "how many old log files are kept", "2"},
    {"Output", OptionKind::kFlag, '\0', "stdout", "",
     "log to standard output as well; not with --json", ""},
    {"Output", OptionKind::kFlag, '\0', "syslog", "", "log to syslog as well",
     ""},
    {"Output", OptionKind::kFlag, '\0', "journald", "",
     "log to the journal as well", ""},
    {"Actions", OptionKind::kAction, '\0', "on-match", "ACTION",
     "perform it for each line that is found, with all arguments up to the "
     "next long option or --; {file}, {line}, {text}, {magic} and {event} in "
     "them are replaced; `flagman --list` lists the actions",
     ""},
    {"Actions", OptionKind::kAction, '\0', "on-added", "ACTION",
     "the same for each file that appears", ""},
    {"Actions", OptionKind::kAction, '\0', "on-removed", "ACTION",
     "the same for each file that vanishes", ""},
    {"Actions", OptionKind::kAction, '\0', "hup", "ACTION",
     "perform it on SIGHUP, instead of reading the configuration anew", ""},
    {"Actions", OptionKind::kAction, '\0', "usr1", "ACTION",
     "perform it on SIGUSR1, instead of logging a status line", ""},
    {"Actions", OptionKind::kAction, '\0', "usr2", "ACTION",
     "perform it on SIGUSR2", ""},
    {"Actions", OptionKind::kValue, '\0', "action-jobs", "N",
     "how many actions are performed at a time", "1"},
    {"Actions", OptionKind::kValue, '\0', "action-queue", "N",
     "how many may wait; more are dropped, with a warning", "1000"},
    {"Messages", OptionKind::kList, '\0', "notify", "TARGET",
     "tell TARGET of the lines that are found; may be repeated; "
     "docs/supervise.md has the targets; the environment has them with blanks "
     "between",
     "", ' '},
    {"Messages", OptionKind::kValue, '\0', "notify-wait", "SECONDS",
     "from the first line to a message, for others to come", "5"},
    {"Messages", OptionKind::kValue, '\0', "notify-interval", "SECONDS",
     "from one message to the next, at least", "300"},
    {"Messages", OptionKind::kValue, '\0', "notify-spool", "DIR",
     "where messages wait",
     "/var/spool/dirwatcher for root, else $XDG_STATE_HOME/dirwatcher"},
    {"Other", OptionKind::kValue, '\0', "config", "FILE",
     "read options from a file of lines such as `int = 0.5`; keys are the long "
     "names, and dir and magic; lists stand in brackets",
     ""},
    {"Other", OptionKind::kInformation, 'h', "help", "", "show this and end",
     ""},
    {"Other", OptionKind::kInformation, '\0', "version", "",
     "show the version and end", ""},
};

constexpr absl::string_view kIntroduction =
    "Usage: dirwatcher [OPTIONS] DIR MAGIC [MAGIC...]\n"
    "\n"
    "Watches the files of a directory and reports each line that contains a "
    "MAGIC.\n";

constexpr absl::string_view kConclusion =
    "\n"
    "-- ends the options. The command line wins over the environment, and "
    "that\n"
    "over the config file; there, what has no value is true or false.\n"
    "\n"
    "Exit status: 0 after SIGINT, SIGTERM or --once; 1 could not start; 2 "
    "wrong\n"
    "usage.\n";

}  // namespace

const OptionTable& DirwatcherOptionTable() {
  static const OptionTable* const table =
      new OptionTable("DIRWATCHER_", kSpecs);
  return *table;
}

std::string DirwatcherHelp() {
  return absl::StrCat(kIntroduction, DirwatcherOptionTable().Help(),
                      kConclusion);
}

}  // namespace dirwatcher
