#include "notify/mail_attachments.h"

#include <filesystem>
#include <system_error>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "logging/escape.h"
#include "notify/archive.h"
#include "notify/archive_limits.h"
#include "notify/attachment_check.h"
#include "notify/attachment_content.h"
#include "notify/mail_headers.h"
#include "notify/unique_names.h"

namespace dirwatcher {
namespace {

std::string Note(const Attachment& attachment, absl::string_view why) {
  return absl::StrCat("Attachment \"", EscapeForLog(attachment.name),
                      "\" was not sent: it ", why);
}

absl::string_view DescribeFailure(const absl::Status& status) {
  if (absl::IsResourceExhausted(status)) return "does not fit into the mail";
  if (absl::IsCancelled(status)) return "takes too long to compress";
  if (absl::IsNotFound(status)) {
    return DescribeAttachment(AttachmentKind::kMissing);
  }
  return "cannot be compressed";
}

}  // namespace

MailAttachments CompressAttachments(const std::vector<Attachment>& attachments,
                                    const std::string& folder,
                                    const std::function<bool()>& should_stop) {
  MailAttachments result;
  UniqueNames names;
  ArchiveLimits limits;
  limits.max_bytes = kMaxMailFilesBytes;
  limits.should_stop = should_stop;
  for (const Attachment& attachment : attachments) {
    const AttachmentKind kind = CheckAttachment(attachment.path).kind;
    if (kind != AttachmentKind::kFile) {
      result.notes.push_back(Note(attachment, DescribeAttachment(kind)));
      continue;
    }
    const std::string path =
        absl::StrCat(folder, "/", result.files.size(), ".gz");
    absl::Status status = GzipFile(attachment.path, path, limits);
    std::error_code error;
    const auto size = std::filesystem::file_size(path, error);
    if (status.ok() && error) status = absl::InternalError("It is gone");
    if (!status.ok()) {
      result.notes.push_back(Note(attachment, DescribeFailure(status)));
      continue;
    }
    limits.max_bytes -= static_cast<int64_t>(size);
    const std::string stem = StemOf(attachment.name);
    const std::string name =
        names.Take(stem, attachment.name.substr(stem.size()) + ".gz");
    result.files.push_back({path, EncodeDisposition(name), "application/gzip"});
  }
  return result;
}

}  // namespace dirwatcher
