#include "notify/dead_letter.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "env/errno_status.h"
#include "env/unique_fd.h"
#include "text/utf8.h"

namespace dirwatcher {
namespace {

namespace fs = std::filesystem;

std::string ToJson(const DeadLetter& letter) {
  const OutgoingMessage& message = letter.message;
  const auto format_time = [](absl::Time time) {
    return absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", time, absl::UTCTimeZone());
  };
  nlohmann::ordered_json json;
  json["message_id"] = message.id;
  json["target"] = ReplaceInvalidUtf8(letter.target);
  json["reason"] = ReplaceInvalidUtf8(letter.reason);
  json["refused_at"] = format_time(letter.refused_at);
  json["time"] = format_time(message.time);
  json["host"] = ReplaceInvalidUtf8(message.host);
  json["subject"] = ReplaceInvalidUtf8(message.subject);
  json["message"] = ReplaceInvalidUtf8(message.text);
  json["signature"] = ReplaceInvalidUtf8(message.signature);
  json["attachments"] = nlohmann::json::array();
  for (const Attachment& attachment : message.attachments) {
    json["attachments"].push_back(ReplaceInvalidUtf8(attachment.name));
  }
  return json.dump(2) + "\n";
}

absl::Status WriteFile(const std::string& path, const std::string& text) {
  const UniqueFd file(
      open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
  if (file.get() < 0) return ErrnoStatus(errno, "open", path);
  size_t written = 0;
  while (written < text.size()) {
    const ssize_t size =
        write(file.get(), text.data() + written, text.size() - written);
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) return ErrnoStatus(errno, "write", path);
    written += static_cast<size_t>(size);
  }
  if (fsync(file.get()) != 0) return ErrnoStatus(errno, "sync", path);
  return absl::OkStatus();
}

}  // namespace

absl::Status WriteDeadLetter(const std::string& path, const DeadLetter& letter,
                             const AttachmentStore& files) {
  std::error_code error;
  if (fs::exists(path, error)) return absl::OkStatus();
  const std::string unfinished = path + ".new";
  fs::remove_all(unfinished, error);
  fs::create_directories(unfinished, error);
  if (error) return ErrnoStatus(error.value(), "make", unfinished);
  absl::Status status =
      WriteFile(absl::StrCat(unfinished, "/message.json"), ToJson(letter));
  if (!status.ok()) return status;
  if (!letter.message.attachments.empty()) {
    files.LinkTo(letter.message.id, absl::StrCat(unfinished, "/files"));
  }
  fs::rename(unfinished, path, error);
  if (error) return ErrnoStatus(error.value(), "rename", unfinished);
  return absl::OkStatus();
}

}  // namespace dirwatcher
