#include "cmd/supervise_options.h"

#include <cstdint>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "cmd/option_reader.h"
#include "cmd/option_sources.h"
#include "cmd/option_values.h"
#include "cmd/raw_value.h"
#include "cmd/supervise_specs.h"
#include "cmd/version.h"
#include "notify/spool_place.h"
#include "notify/target_url.h"

namespace dirwatcher {
namespace {

constexpr int64_t kMaxRetries = 1'000'000;
constexpr int64_t kMaxTailLines = 10'000;

// Where COMMAND begins among the arguments; their number if there is none.
// `*options_end` is where the options before it end.
size_t FindCommand(const std::vector<std::string>& arguments,
                   size_t* options_end) {
  const OptionTable& table = SuperviseOptionTable();
  for (size_t i = 0; i < arguments.size(); ++i) {
    const absl::string_view word = arguments[i];
    *options_end = i;
    if (word == "--") return i + 1;
    if (!absl::StartsWith(word, "-")) return i;
    const OptionSpec* const spec =
        absl::StartsWith(word, "--") ? table.Find(word.substr(2)) : nullptr;
    const bool has_value =
        spec != nullptr &&
        (spec->kind == OptionKind::kValue || spec->kind == OptionKind::kList);
    if (has_value) ++i;  // and not if it stands behind a =
  }
  *options_end = arguments.size();
  return arguments.size();
}

absl::StatusOr<std::string> ToPingUrl(const RawValue& value) {
  const absl::StatusOr<UrlParts> url = SplitUrl(value.text);
  if (!url.ok() || (url->scheme != "https" && url->scheme != "http") ||
      url->host.empty()) {
    return UsageError("--ping: expected https://HOST/PATH");
  }
  return value.text;
}

std::string LastPart(absl::string_view path) {
  while (path.size() > 1 && absl::EndsWith(path, "/")) path.remove_suffix(1);
  const size_t slash = path.rfind('/');
  return std::string(slash == absl::string_view::npos || path.size() == 1
                         ? path
                         : path.substr(slash + 1));
}

absl::Status ReadOptions(const OptionSource& source,
                         SuperviseOptions* options) {
  const auto to_number = [](int64_t max) {
    return [max](const RawValue& value) { return ToInteger(value, max); };
  };
  OptionReader reader(source);
  reader.ReadAll(
      "to",
      // Its origin quotes all of it, where a secret may stand by mistake.
      [](const RawValue& value) { return ParseTarget(value.text); },
      &options->targets);
  reader.Read("always", ToBool, &options->always);
  reader.Read("ping", ToPingUrl, &options->ping_url);
  reader.Read("subject", ToNonEmpty, &options->subject);
  reader.Read("name", ToNonEmpty, &options->name);
  reader.Read("project-version", ToNonEmpty, &options->project_version);
  int64_t number = static_cast<int64_t>(options->tail_lines);
  reader.Read("tail-lines", to_number(kMaxTailLines), &number);
  options->tail_lines = static_cast<size_t>(number);
  reader.ReadAll("attach", ToNonEmpty, &options->attachments);
  reader.Read("timeout", ToInterval, &options->timeout);
  number = 0;
  reader.Read("retries", to_number(kMaxRetries), &number);
  options->retries = static_cast<int>(number);
  reader.Read("retry-delay", ToDuration, &options->retry_delay);
  reader.Read("lock", ToNonEmpty, &options->lock_file);
  reader.Read("spool", ToNonEmpty, &options->spool_dir);
  reader.Read("send-timeout", ToInterval, &options->send_timeout);
  reader.Read("group-wait", ToDuration, &options->group_wait);
  reader.Read("repeat-interval", ToDuration, &options->repeat_interval);
  reader.Read("log-file", ToNonEmpty, &options->log_file);
  reader.Read("verbose", ToBool, &options->verbose);
  return reader.status();
}

}  // namespace

absl::StatusOr<SuperviseCommand> ParseSuperviseCommand(
    const std::vector<std::string>& arguments,
    absl::FunctionRef<absl::optional<std::string>(const std::string& name)>
        get_environment,
    bool is_root) {
  size_t options_end = 0;
  const size_t command_begin = FindCommand(arguments, &options_end);
  absl::StatusOr<OptionSource> source = ReadCommandLineOptions(
      SuperviseOptionTable(),
      {arguments.begin(), arguments.begin() + static_cast<long>(options_end)});
  if (!source.ok()) return source.status();
  if (source->Find("help") != nullptr) {
    return SuperviseInformation{SuperviseHelp()};
  }
  if (source->Find("version") != nullptr) {
    return SuperviseInformation{absl::StrCat("supervise ", kVersion, "\n")};
  }
  SuperviseOptions options;
  options.command.assign(arguments.begin() + static_cast<long>(command_begin),
                         arguments.end());
  const bool flush = source->Find("flush") != nullptr;
  const bool queue = source->Find("queue") != nullptr;
  if (flush && queue)
    return UsageError("--flush and --queue exclude each other");
  if (flush) options.mode = SuperviseMode::kFlush;
  if (queue) options.mode = SuperviseMode::kQueue;
  if (options.mode != SuperviseMode::kRun && !options.command.empty()) {
    // It may be a target that somebody forgot to put behind --to.
    return UsageError("with --flush or --queue no COMMAND is run");
  }
  if (options.mode == SuperviseMode::kRun && options.command.empty()) {
    return UsageError("COMMAND is missing; see supervise --help");
  }
  if (options.mode == SuperviseMode::kRun && options.command[0].empty()) {
    return UsageError("COMMAND \"\" is empty");
  }

  options.spool_dir = SpoolPlace(
      "supervise",
      [&](const std::string& name) { return get_environment(name); }, is_root);
  source->Merge(
      ReadEnvironmentOptions(SuperviseOptionTable(), get_environment));
  if (const std::vector<RawValue>* config = source->Find("config")) {
    absl::StatusOr<OptionSource> from_file =
        ReadConfigOptions(SuperviseOptionTable(), config->back());
    if (!from_file.ok()) return from_file.status();
    source->Merge(*std::move(from_file));
  }
  if (absl::Status s = ReadOptions(*source, &options); !s.ok()) return s;
  if (options.name.empty() && !options.command.empty()) {
    options.name = LastPart(options.command[0]);
  }
  return options;
}

}  // namespace dirwatcher
