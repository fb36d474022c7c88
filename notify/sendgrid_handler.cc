#include "notify/sendgrid_handler.h"

#include <algorithm>
#include <cstdint>

#include "absl/algorithm/container.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "logging/escape.h"
#include "notify/archive_limits.h"
#include "notify/attachment_check.h"
#include "notify/attachment_content.h"
#include "notify/signed_text.h"
#include "notify/unique_names.h"

namespace dirwatcher {
namespace {

constexpr absl::string_view kWarningLine =
    "==================== Supervisor Warning\n";

SendGridSettings Normalized(SendGridSettings settings) {
  settings.to_addresses = UniqueAddresses(settings.to_addresses);
  settings.endpoint = std::string(absl::StripSuffix(settings.endpoint, "/"));
  return settings;
}

// How many recipients have got it.
size_t ParseProgress(const std::string& progress) {
  size_t count;
  return absl::SimpleAtoi(progress, &count) ? count : 0;
}

// Why a ZIP could not be made, as words after the attachment's name.
absl::string_view DescribeFailure(const absl::Status& status) {
  if (absl::IsResourceExhausted(status)) return "does not fit into the mail";
  if (absl::IsCancelled(status)) return "takes too long to compress";
  if (absl::IsNotFound(status)) {
    return DescribeAttachment(AttachmentKind::kMissing);
  }
  return DescribeAttachment(AttachmentKind::kUnreadable);
}

// What is kept free for the warnings, which stand in both texts and are known
// only after the files.
int64_t RoomForWarnings(const OutgoingMessage& message) {
  int64_t bytes = 4096;
  for (const Attachment& attachment : message.attachments) {
    bytes += 16 * static_cast<int64_t>(attachment.name.size()) + 4096;
  }
  return bytes;
}

}  // namespace

SendGridHandler::SendGridHandler(SendGridSettings settings,
                                 const HttpDelivery* http)
    : settings_(Normalized(std::move(settings))), http_(http) {}

std::string SendGridHandler::MissingSetting() const {
  if (settings_.api_key.empty()) return "api_key";
  if (settings_.from_address.empty()) return "from_address";
  if (settings_.to_addresses.empty() ||
      absl::c_linear_search(settings_.to_addresses, "")) {
    return "to_addresses";
  }
  return "";
}

DeliveryResult SendGridHandler::Send(const OutgoingMessage& message,
                                     const DeliveryAttempt& attempt) {
  const std::string missing = MissingSetting();
  if (!missing.empty()) {
    return DeliveryResult::NotConfigured(
        absl::StrCat("The setting ", missing, " is missing"));
  }
  SendGridMail mail;
  mail.message_id = message.id;
  mail.from_address = settings_.from_address;
  mail.subject = absl::StrCat(settings_.prefix, message.subject);
  if (!IsHeaderValue(mail.subject) || !IsHeaderValue(mail.from_address) ||
      !IsHeaderValue(mail.message_id) ||
      !absl::c_all_of(settings_.to_addresses, IsHeaderValue)) {
    return DeliveryResult::Refused(
        "The subject or an address has a line break or a NUL");
  }

  const absl::Duration deadline = http_->DeadlineAfter(attempt.timeout);
  const std::vector<std::string>& all = settings_.to_addresses;
  size_t sent = std::min(ParseProgress(attempt.progress), all.size());
  std::vector<std::string> warnings =
      Fill(message, http_->DeadlineAfter(attempt.timeout / 2), &mail);
  while (sent < all.size()) {
    const size_t count = std::min(kSendGridMaxRecipients, all.size() - sent);
    mail.to_addresses.assign(
        all.begin() + static_cast<std::ptrdiff_t>(sent),
        all.begin() + static_cast<std::ptrdiff_t>(sent + count));
    DeliveryResult result = Post(mail, deadline);
    if (result.outcome != DeliveryOutcome::kDelivered) return result;
    sent += count;
    attempt.save_progress(absl::StrCat(sent));
  }
  DeliveryResult result = DeliveryResult::Delivered();
  result.warnings = std::move(warnings);
  return result;
}

std::vector<std::string> SendGridHandler::Fill(const OutgoingMessage& message,
                                               absl::Duration deadline,
                                               SendGridMail* mail) const {
  const std::string text = SignedText(message);
  mail->text = text;
  // With as many recipients as any of the requests has.
  mail->to_addresses = settings_.to_addresses;
  mail->to_addresses.resize(
      std::min(mail->to_addresses.size(), kSendGridMaxRecipients));
  int64_t left = kSendGridMaxBytes - RoomForWarnings(message) -
                 static_cast<int64_t>(SendGridBody(*mail).size());

  std::vector<std::string> warnings;
  UniqueNames names;
  ArchiveLimits limits;
  limits.should_stop = [&] { return http_->IsOver(deadline); };
  for (const Attachment& attachment : message.attachments) {
    const std::string title =
        absl::StrCat("Attachment \"", EscapeForLog(attachment.name), "\" ");
    const AttachmentKind kind = CheckAttachment(attachment.path).kind;
    const bool is_directory = kind == AttachmentKind::kDirectory;
    if (kind != AttachmentKind::kFile && !is_directory) {
      warnings.push_back(absl::StrCat(title, DescribeAttachment(kind)));
      continue;
    }
    const std::string stem =
        is_directory ? attachment.name : StemOf(attachment.name);
    limits.max_bytes =
        SendGridContentBytes(absl::StrCat(stem, "-99999.zip"), left);
    absl::StatusOr<ZippedAttachment> zipped = ZipAttachment(attachment, limits);
    if (!zipped.ok()) {
      warnings.push_back(absl::StrCat(title, DescribeFailure(zipped.status())));
      continue;
    }
    for (const std::string& left_out : zipped->left_out) {
      warnings.push_back(absl::StrCat(title, "lacks a part: ", left_out));
    }
    mail->files.push_back(
        {names.Take(stem, ".zip"), std::move(zipped->content)});
    left -= SendGridFileBytes(
        mail->files.back().name,
        static_cast<int64_t>(mail->files.back().content.size()));
  }
  if (warnings.empty()) return warnings;
  mail->text = std::string(kWarningLine);
  for (const std::string& warning : warnings) {
    absl::StrAppend(&mail->text, "* ", warning, "\n");
  }
  absl::StrAppend(&mail->text, "\n", text);
  return warnings;
}

DeliveryResult SendGridHandler::Post(const SendGridMail& mail,
                                     absl::Duration deadline) const {
  HttpRequest request;
  request.method = "POST";
  request.url = absl::StrCat(settings_.endpoint, "/v3/mail/send");
  request.headers = {
      {"Content-Type", "application/json"},
      {"Authorization", absl::StrCat("Bearer ", settings_.api_key)}};
  request.body = SendGridBody(mail);
  request.ca_file = settings_.ca_file;
  HttpOutcome outcome = http_->Send(std::move(request), deadline);
  DeliveryResult result = std::move(outcome.result);
  if (result.outcome == DeliveryOutcome::kDelivered || !outcome.response) {
    return result;
  }
  if (outcome.response->status == 400) {
    absl::StrAppend(&result.reason, ", as it finds the mail faulty");
  } else if (outcome.response->status == 401) {
    absl::StrAppend(&result.reason,
                    ", as it does not accept the setting api_key");
  }
  const std::string errors = SendGridErrors(outcome.response->body);
  if (!errors.empty() && !absl::StrContains(errors, settings_.api_key)) {
    absl::StrAppend(&result.reason, ": ", WordsForReason(errors));
  }
  return result;
}

}  // namespace dirwatcher
