#include "notify/secret.h"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace dirwatcher {
namespace {

constexpr size_t kMaxBytes = 64 * 1024;

// The content without the line break at its end.
absl::StatusOr<std::string> ReadSecretFile(const std::string& path) {
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  std::string content(kMaxBytes + 1, '\0');
  file.read(&content[0], static_cast<std::streamsize>(content.size()));
  if (!file.is_open() || file.bad()) {
    return absl::InvalidArgumentError(
        absl::StrCat("cannot read ", path, ": ", std::strerror(errno)));
  }
  content.resize(static_cast<size_t>(file.gcount()));
  if (content.size() > kMaxBytes) {
    return absl::InvalidArgumentError(
        absl::StrCat(path, " is too long for a secret"));
  }
  if (absl::EndsWith(content, "\n")) content.pop_back();
  if (absl::EndsWith(content, "\r")) content.pop_back();
  return content;
}

absl::StatusOr<std::string> ReadAny(const SecretSource& source,
                                    const EnvironmentLookup& environment) {
  if (!source.file.empty()) return ReadSecretFile(source.file);
  if (!source.variable.empty()) {
    return environment(source.variable).value_or("");
  }
  const std::string value = environment(source.default_variable).value_or("");
  if (!value.empty()) return value;
  const auto directory = environment("CREDENTIALS_DIRECTORY");
  if (!directory) return "";
  // A service need not have every credential.
  return ReadSecretFile(absl::StrCat(*directory, "/", source.credential))
      .value_or("");
}

}  // namespace

EnvironmentLookup ProcessEnvironment() {
  return [](const std::string& name) -> absl::optional<std::string> {
    const char* value = std::getenv(name.c_str());
    if (value == nullptr) return absl::nullopt;
    return std::string(value);
  };
}

absl::StatusOr<std::string> ReadSecret(const SecretSource& source,
                                       const EnvironmentLookup& environment) {
  absl::StatusOr<std::string> secret = ReadAny(source, environment);
  if (secret.ok() &&
      secret->find_first_of(std::string("\r\n\0", 3)) != std::string::npos) {
    return absl::InvalidArgumentError(absl::StrCat(
        DescribeSource(source), " has a line break or a NUL in it"));
  }
  return secret;
}

std::string DescribeSource(const SecretSource& source) {
  if (!source.file.empty()) return source.file;
  if (!source.variable.empty()) {
    return absl::StrCat("environment variable ", source.variable);
  }
  return absl::StrCat("environment variable ", source.default_variable,
                      " or credential ", source.credential);
}

}  // namespace dirwatcher
