#include "cmd/own_output.h"

#include <filesystem>
#include <string>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "dirwatch/file_filter.h"
#include "logging/escape.h"

namespace dirwatcher {
namespace {

namespace fs = std::filesystem;

// Where `path` leads to, as far as it exists; what cannot be resolved stays.
fs::path Resolve(const fs::path& path) {
  std::error_code error;
  const fs::path absolute = fs::absolute(path, error);
  if (error) return path;  // the working directory is gone
  const fs::path resolved = fs::weakly_canonical(absolute, error);
  return error ? path : resolved;
}

bool IsBelow(const fs::path& file, const fs::path& dir) {
  const fs::path relative = file.lexically_relative(dir);
  return !relative.empty() && *relative.begin() != "..";
}

bool IsWatched(const fs::path& file, const DirwatcherOptions& options) {
  if (!FileFilter(options.extensions).Matches(file.filename().string())) {
    return false;
  }
  const fs::path dir = Resolve(options.dir);
  return options.recursive ? IsBelow(file, dir) : file.parent_path() == dir;
}

absl::Status Refuse(const std::string& what, const fs::path& file) {
  return absl::FailedPreconditionError(absl::StrCat(
      what, " goes to \"", EscapeForLog(file.string()),
      "\", which is among the watched files and would report itself"));
}

}  // namespace

absl::Status CheckOwnOutput(const DirwatcherOptions& options) {
  struct Output {
    const char* what;
    const char* path;
    bool used;
  };
  const Output outputs[] = {
      {"--log-file", options.log_file.c_str(), !options.log_file.empty()},
      {"standard error", "/proc/self/fd/2", options.log_file.empty()},
      {"standard output", "/proc/self/fd/1",
       options.json || options.log_to_stdout || !options.actions.empty()},
  };
  for (const Output& output : outputs) {
    if (!output.used) continue;
    const fs::path file = Resolve(output.path);
    if (IsWatched(file, options)) return Refuse(output.what, file);
  }
  return absl::OkStatus();
}

}  // namespace dirwatcher
