#include "notify/outgoing.h"

#include <unistd.h>

#include <cstdint>
#include <filesystem>

#include "absl/random/distributions.h"
#include "absl/random/random.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

namespace dirwatcher {
namespace {

// `host` as the right side of a Message-ID, which is also a folder's name: a
// dot-atom (RFC 5322 3.2.3) of the characters of host names.
std::string IdDomain(std::string host) {
  for (char& c : host) {
    if (!absl::ascii_isalnum(c) && c != '-' && c != '.') c = '-';
  }
  while (!host.empty() && host.back() == '.') host.pop_back();
  return host.empty() || host.front() == '.' ? "localhost" : host;
}

}  // namespace

std::string HostName() {
  char name[256] = {};
  gethostname(name, sizeof(name) - 1);
  return name[0] == '\0' ? "localhost" : name;
}

std::string Signature(absl::string_view name, absl::string_view version) {
  return absl::StrCat(name, " version: ", version);
}

OutgoingMessage WriteMessage(const MessageDetails& details,
                             const std::string& signature, absl::Time now) {
  absl::BitGen random;
  OutgoingMessage message;
  message.time = now;
  message.host = HostName();
  message.id = absl::StrCat(
      absl::FormatTime("%Y%m%d%H%M%S", now, absl::UTCTimeZone()), ".",
      absl::Hex(absl::Uniform<uint64_t>(random), absl::kZeroPad16), "@",
      IdDomain(message.host));
  message.signature = signature;
  message.subject = details.subject;
  message.text = details.message;
  for (const std::string& path : details.attachments) {
    std::filesystem::path trimmed(path);
    if (trimmed.filename().empty()) trimmed = trimmed.parent_path();
    message.attachments.push_back({trimmed.filename().string(), path});
  }
  return message;
}

}  // namespace dirwatcher
