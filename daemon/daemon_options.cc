#include "daemon/daemon_options.h"

#include <unistd.h>

#include <limits>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "daemon/config_file.h"
#include "logging/escape.h"

namespace dirwatcher {
namespace {

absl::Status Wrong(absl::string_view name, absl::string_view value,
                   absl::string_view why) {
  return absl::InvalidArgumentError(
      absl::StrCat("option ", name, " \"", EscapeForLog(value), "\": ", why));
}

// Each returns what is wrong; empty: nothing.
std::string Read(absl::string_view value, bool* out) {
  if (value != "true" && value != "false") return "must be true or false";
  *out = value == "true";
  return "";
}

template <typename Integer>
std::string Read(absl::string_view value, Integer* out) {
  const bool digits = !value.empty() && value.find_first_not_of("0123456789") ==
                                            absl::string_view::npos;
  if (digits && absl::SimpleAtoi(value, out)) return "";
  return absl::StrCat("must be a whole number from 0 to ",
                      std::numeric_limits<Integer>::max());
}

std::string Read(absl::string_view value, std::string* out) {
  *out = std::string(value);
  return "";
}

std::string ReadNonEmpty(absl::string_view value, std::string* out) {
  return value.empty() ? "must not be empty" : Read(value, out);
}

std::string Read(absl::string_view value, LogLevel* out) {
  for (const LogLevel level :
       {LogLevel::kDebug, LogLevel::kInfo, LogLevel::kWarning, LogLevel::kError,
        LogLevel::kCritical, LogLevel::kOff}) {
    if (value != absl::StrCat(LogLevelNumber(level))) continue;
    *out = level;
    return "";
  }
  return "must be one of 0, 10, 20, 30, 40, 50";
}

std::string Read(absl::string_view value, InterruptMode* out) {
  if (value != "passive" && value != "aggressive") {
    return "must be passive or aggressive";
  }
  *out =
      value == "passive" ? InterruptMode::kPassive : InterruptMode::kAggressive;
  return "";
}

std::string Read(absl::string_view value, absl::Duration* out) {
  double seconds;
  if (!absl::SimpleAtod(value, &seconds) || !(seconds >= 0)) {
    return "must be a number of seconds";
  }
  *out = absl::Seconds(seconds);
  return "";
}

std::string ReadFormat(absl::string_view value, std::string* out) {
  const absl::Status status = PatternFormat::Parse(value, "").status();
  if (!status.ok()) return std::string(status.message());
  return Read(value, out);
}

// `status` with where the option stands.
absl::Status At(absl::string_view place, const absl::Status& status) {
  return absl::Status(status.code(),
                      absl::StrCat(place, ": ", status.message()));
}

}  // namespace

absl::Status SetDaemonOption(absl::string_view name, absl::string_view value,
                             DaemonOptions* options) {
  std::string wrong;
  if (name == "name_app") {
    wrong = ReadNonEmpty(value, &options->name_app);
  } else if (name == "log_lvl") {
    wrong = Read(value, &options->log_lvl);
  } else if (name == "log_path") {
    wrong = ReadNonEmpty(value, &options->log_path);
  } else if (name == "log_name") {
    wrong = ReadNonEmpty(value, &options->log_name);
  } else if (name == "log_format") {
    wrong = ReadFormat(value, &options->log_format);
  } else if (name == "stream") {
    wrong = Read(value, &options->stream);
  } else if (name == "syslog") {
    wrong = Read(value, &options->syslog);
  } else if (name == "journald") {
    wrong = Read(value, &options->journald);
  } else if (name == "interrupt_mode") {
    wrong = Read(value, &options->interrupt_mode);
  } else if (name == "max_size_byte_log") {
    wrong = Read(value, &options->max_size_byte_log);
  } else if (name == "max_count_file_rotation") {
    wrong = Read(value, &options->max_count_file_rotation);
  } else if (name == "shutdown_grace") {
    wrong = Read(value, &options->shutdown_grace);
  } else {
    return absl::InvalidArgumentError(
        absl::StrCat("unknown option \"", EscapeForLog(name), "\""));
  }
  return wrong.empty() ? absl::OkStatus() : Wrong(name, value, wrong);
}

absl::StatusOr<DaemonOptions> ReadDaemonOptions(
    const std::vector<std::pair<std::string, std::string>>& from_code,
    absl::string_view prefix, const std::vector<std::string>& environment,
    const std::string& config_path) {
  DaemonOptions options;
  for (const auto& [name, value] : from_code) {
    const absl::Status status = SetDaemonOption(name, value, &options);
    if (!status.ok()) return status;
  }
  if (!config_path.empty()) {
    const absl::StatusOr<std::vector<ConfigEntry>> entries =
        ReadConfigFile(config_path);
    if (!entries.ok()) return entries.status();
    for (const ConfigEntry& entry : *entries) {
      const std::string place =
          absl::StrCat(EscapeForLog(config_path), ":", entry.line);
      if (entry.is_list) {
        return At(place, Wrong(entry.key, "[...]", "takes one value, no list"));
      }
      const absl::Status status =
          SetDaemonOption(entry.key, entry.values[0], &options);
      if (!status.ok()) return At(place, status);
    }
  }
  for (const absl::string_view variable : environment) {
    const size_t equals = variable.find('=');
    absl::string_view name = variable.substr(0, equals);
    if (equals == absl::string_view::npos ||
        !absl::ConsumePrefix(&name, prefix)) {
      continue;
    }
    const absl::Status status = SetDaemonOption(
        absl::AsciiStrToLower(name), variable.substr(equals + 1), &options);
    if (!status.ok()) {
      return At(EscapeForLog(variable.substr(0, equals)), status);
    }
  }
  return options;
}

std::vector<std::string> OwnEnvironment() {
  std::vector<std::string> result;
  for (char** each = environ; *each != nullptr; ++each) {
    result.emplace_back(*each);
  }
  return result;
}

}  // namespace dirwatcher
