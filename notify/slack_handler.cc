#include "notify/slack_handler.h"

#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "absl/types/optional.h"
#include "logging/escape.h"
#include "nlohmann/json.hpp"
#include "notify/archive_limits.h"
#include "notify/attachment_check.h"
#include "notify/attachment_content.h"
#include "notify/slack_error.h"
#include "notify/slack_text.h"

namespace dirwatcher {
namespace {

std::string Note(const Attachment& attachment, absl::string_view why) {
  return absl::StrCat("Attachment \"", EscapeForLog(attachment.name),
                      "\" was not sent: ", why);
}

std::string TooLong() {
  return absl::StrCat("it is longer than ", kSlackMaxFileBytes >> 20, " MiB");
}

struct LoadedFile {
  SlackFile file;
  std::vector<std::string> left_out;  // of a folder
};

// The bytes of a file, or of a ZIP of a folder.
absl::StatusOr<LoadedFile> Load(const Attachment& attachment,
                                const ArchiveLimits& limits) {
  LoadedFile loaded;
  if (CheckAttachment(attachment.path).kind != AttachmentKind::kDirectory) {
    absl::StatusOr<std::string> content =
        ReadAttachment(attachment.path, limits.max_bytes);
    if (!content.ok()) return content.status();
    loaded.file.name = attachment.name;
    loaded.file.content = *std::move(content);
    return loaded;
  }
  absl::StatusOr<ZippedAttachment> zipped = ZipAttachment(attachment, limits);
  if (!zipped.ok()) return zipped.status();
  loaded.file.name = absl::StrCat(attachment.name, ".zip");
  loaded.file.content = std::move(zipped->content);
  loaded.left_out = std::move(zipped->left_out);
  return loaded;
}

}  // namespace

SlackHandler::SlackHandler(SlackSettings settings, const HttpDelivery* http)
    : settings_(std::move(settings)),
      http_(http),
      files_({std::string(absl::StripSuffix(settings_.api_url, "/")),
              settings_.bot_token, settings_.channel, settings_.ca_file},
             http) {}

DeliveryResult SlackHandler::Send(const OutgoingMessage& message,
                                  const DeliveryAttempt& attempt) {
  if (settings_.webhook_url.empty()) {
    return DeliveryResult::NotConfigured("The setting webhook_url is missing");
  }
  const absl::Duration deadline = http_->DeadlineAfter(attempt.timeout);
  absl::optional<SlackProgress> saved =
      SlackProgress::FromText(attempt.progress);
  SlackProgress progress = saved ? *std::move(saved) : Begin(message);

  DeliveryResult result = PostParts(SlackParts(message, progress.notes),
                                    attempt, deadline, &progress);
  if (result.outcome != DeliveryOutcome::kDelivered) return result;
  result = ShareFiles(message, attempt, deadline, &progress);
  if (result.outcome != DeliveryOutcome::kDelivered) return result;

  if (!progress.late_notes.empty()) {
    OutgoingMessage supplement;
    supplement.subject = message.subject;
    supplement.signature = message.signature;
    for (const std::string& part :
         SlackParts(supplement, progress.late_notes)) {
      result = Post(part, deadline);
      if (result.outcome != DeliveryOutcome::kDelivered) return result;
    }
  }
  result.warnings = progress.notes;
  result.warnings.insert(result.warnings.end(), progress.late_notes.begin(),
                         progress.late_notes.end());
  return result;
}

SlackProgress SlackHandler::Begin(const OutgoingMessage& message) const {
  SlackProgress progress;
  for (size_t i = 0; i < message.attachments.size(); ++i) {
    const Attachment& attachment = message.attachments[i];
    const AttachmentCheck check = CheckAttachment(attachment.path);
    if (!check.is_file() && check.kind != AttachmentKind::kDirectory) {
      progress.notes.push_back(
          absl::StrCat("Attachment \"", EscapeForLog(attachment.name), "\" ",
                       DescribeAttachment(check.kind)));
    } else if (settings_.bot_token.empty()) {
      progress.notes.push_back(
          Note(attachment, "files need the setting bot_token"));
    } else if (settings_.channel.empty()) {
      progress.notes.push_back(
          Note(attachment, "files need the setting channel"));
    } else if (check.size_bytes > kSlackMaxFileBytes) {
      progress.notes.push_back(Note(attachment, TooLong()));
    } else {
      progress.pending.push_back(i);
    }
  }
  return progress;
}

DeliveryResult SlackHandler::Post(const std::string& text,
                                  absl::Duration deadline) const {
  // "text" is what notifications show.
  const nlohmann::ordered_json body = {
      {"text", text},
      {"blocks",
       {{{"type", "section"},
         {"text", {{"type", "mrkdwn"}, {"text", text}}}}}}};
  HttpRequest request;
  request.method = "POST";
  request.url = settings_.webhook_url;
  request.headers = {{"Content-Type", "application/json"}};
  request.body = body.dump();
  request.ca_file = settings_.ca_file;
  HttpOutcome outcome = http_->Send(std::move(request), deadline);
  if (outcome.result.outcome != DeliveryOutcome::kDelivered &&
      outcome.response && IsSlackError(outcome.response->body)) {
    absl::StrAppend(&outcome.result.reason, ": ", outcome.response->body);
  }
  return std::move(outcome.result);
}

DeliveryResult SlackHandler::PostParts(const std::vector<std::string>& parts,
                                       const DeliveryAttempt& attempt,
                                       absl::Duration deadline,
                                       SlackProgress* progress) const {
  while (progress->posted < parts.size()) {
    DeliveryResult result = Post(parts[progress->posted], deadline);
    if (result.outcome != DeliveryOutcome::kDelivered) return result;
    ++progress->posted;
    attempt.save_progress(progress->ToText());
  }
  return DeliveryResult::Delivered();
}

// One that has to wait does not keep the others back.
DeliveryResult SlackHandler::ShareFiles(const OutgoingMessage& message,
                                        const DeliveryAttempt& attempt,
                                        absl::Duration deadline,
                                        SlackProgress* progress) const {
  DeliveryResult last = DeliveryResult::Delivered();
  for (size_t i = 0; i < progress->pending.size();) {
    const size_t index = progress->pending[i];
    DeliveryResult result = index < message.attachments.size()
                                ? ShareFile(message, index, deadline)
                                : DeliveryResult::Delivered();
    if (result.outcome == DeliveryOutcome::kTryAgain) {
      last = std::move(result);
      ++i;
      continue;
    }
    if (result.outcome == DeliveryOutcome::kRefused) {
      progress->late_notes.push_back(
          Note(message.attachments[index], result.reason));
    }
    for (std::string& warning : result.warnings) {
      progress->late_notes.push_back(std::move(warning));
    }
    progress->pending.erase(progress->pending.begin() +
                            static_cast<std::ptrdiff_t>(i));
    attempt.save_progress(progress->ToText());
  }
  return last;
}

DeliveryResult SlackHandler::ShareFile(const OutgoingMessage& message,
                                       size_t index,
                                       absl::Duration deadline) const {
  const Attachment& attachment = message.attachments[index];
  ArchiveLimits limits;
  limits.max_bytes = kSlackMaxFileBytes;
  limits.should_stop = [&] { return http_->IsOver(deadline); };
  absl::StatusOr<LoadedFile> loaded = Load(attachment, limits);
  if (absl::IsCancelled(loaded.status())) {
    return DeliveryResult::TryAgain(Note(attachment, "there was no time left"));
  }
  if (absl::IsResourceExhausted(loaded.status())) {
    return DeliveryResult::Refused(TooLong());
  }
  if (!loaded.ok()) {
    // The path may be that of a copy, which says nothing to anybody.
    return DeliveryResult::Refused("it cannot be read");
  }
  if (loaded->file.content.empty()) {
    return DeliveryResult::Refused("it is empty");
  }
  OutgoingMessage comment;
  comment.subject = message.subject;
  loaded->file.comment = SlackParts(comment, {}).front();
  DeliveryResult result = files_.Share(loaded->file, deadline);
  for (const std::string& left_out : loaded->left_out) {
    result.warnings.push_back(absl::StrCat("Attachment \"",
                                           EscapeForLog(attachment.name),
                                           "\" lacks a part: ", left_out));
  }
  return result;
}

}  // namespace dirwatcher
