#include "notify/email_handler.h"

#include <functional>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/types/optional.h"
#include "logging/escape.h"
#include "notify/mail_attachments.h"
#include "notify/mail_headers.h"
#include "notify/mail_text.h"
#include "notify/scratch_folder.h"
#include "notify/signed_text.h"
#include "text/utf8.h"

namespace dirwatcher {
namespace {

int DefaultPort(TlsMode tls) {
  switch (tls) {
    case TlsMode::kStartTls:
      return 587;
    case TlsMode::kImplicit:
      return 465;
    case TlsMode::kNone:
      break;
  }
  return 25;
}

EmailSettings Normalized(EmailSettings settings) {
  std::vector<std::string> unique;
  for (std::string& address : settings.to_addresses) {
    const bool is_new = absl::c_none_of(unique, [&](const std::string& known) {
      return absl::EqualsIgnoreCase(known, address);
    });
    if (is_new) unique.push_back(std::move(address));
  }
  settings.to_addresses = std::move(unique);
  if (settings.smtp_port == 0) settings.smtp_port = DefaultPort(settings.tls);
  return settings;
}

// Text and signature, with the notes between them.
std::string WholeText(OutgoingMessage message,
                      const std::vector<std::string>& notes) {
  if (!notes.empty()) {
    if (!message.text.empty()) {
      if (message.text.back() != '\n') message.text += '\n';
      message.text += '\n';
    }
    absl::StrAppend(&message.text, absl::StrJoin(notes, "\n"), "\n");
  }
  return ReplaceInvalidUtf8(SignedText(message)) + "\n";
}

// Adds up what became of a mail; `progress->left` is who it was sent to.
DeliveryResult Evaluate(const std::vector<SmtpResult>& results,
                        EmailProgress* progress) {
  DeliveryResult result;
  const std::vector<std::string> asked = std::move(progress->left);
  progress->left.clear();
  std::string not_now;
  std::string refused;
  for (size_t i = 0; i < asked.size(); ++i) {
    switch (results[i].verdict) {
      case SmtpVerdict::kAccepted:
        progress->is_delivered = true;
        break;
      case SmtpVerdict::kNotNow:
        if (not_now.empty()) not_now = results[i].reason;
        progress->left.push_back(asked[i]);
        break;
      case SmtpVerdict::kRefused:
        if (refused.empty()) refused = results[i].reason;
        result.warnings.push_back(
            absl::StrCat("Recipient ", EscapeForLog(asked[i]),
                         " will not get the mail: ", results[i].reason));
        break;
    }
  }
  if (!progress->left.empty()) {
    result.outcome = DeliveryOutcome::kTryAgain;
    result.reason = std::move(not_now);
  } else if (!progress->is_delivered) {
    result.outcome = DeliveryOutcome::kRefused;
    result.reason = std::move(refused);
    // What the reason says for all need not be said for each.
    const bool is_one_reason = absl::c_all_of(
        results,
        [&](const SmtpResult& other) { return other.reason == result.reason; });
    if (is_one_reason) result.warnings.clear();
  }
  return result;
}

}  // namespace

EmailHandler::EmailHandler(EmailSettings settings, SmtpClient* smtp,
                           Clock* clock, const InterruptFlag* interrupt)
    : settings_(Normalized(std::move(settings))),
      smtp_(smtp),
      clock_(clock),
      interrupt_(interrupt) {}

std::string EmailHandler::MissingSetting() const {
  if (settings_.smtp_server.empty()) return "smtp_server";
  if (settings_.from_address.empty()) return "from_address";
  if (settings_.to_addresses.empty() ||
      absl::c_linear_search(settings_.to_addresses, "")) {
    return "to_addresses";
  }
  if (!settings_.user.empty() && settings_.password.empty()) return "password";
  return "";
}

absl::Status EmailHandler::CheckHeaders(const OutgoingMessage& message) const {
  absl::Status status = CheckHeaderValue("The subject", message.subject);
  status.Update(CheckHeaderValue("The setting prefix", settings_.prefix));
  status.Update(CheckHeaderValue("The message's identity", message.id));
  status.Update(
      CheckAddress("The setting from_address", settings_.from_address));
  for (const std::string& address : settings_.to_addresses) {
    status.Update(CheckAddress("One of the setting to_addresses", address));
  }
  return status;
}

std::vector<std::string> EmailHandler::Headers(
    const OutgoingMessage& message) const {
  return {
      EncodeAddresses("From", {settings_.from_address}),
      EncodeAddresses("To", settings_.to_addresses),
      EncodeDate(message.time),
      absl::StrCat("Message-ID: <", message.id, ">"),
      EncodeSubject(settings_.prefix + message.subject),
      // RFC 3834, 5: keeps those who are on holiday from answering.
      "Auto-Submitted: auto-generated",
  };
}

SmtpServer EmailHandler::Server() const {
  SmtpServer server;
  server.host = settings_.smtp_server;
  server.port = settings_.smtp_port;
  server.tls = settings_.tls;
  server.ca_file = settings_.ca_file;
  server.user = settings_.user;
  server.password = settings_.password;
  return server;
}

EmailProgress EmailHandler::Start(const DeliveryAttempt& attempt) const {
  const absl::optional<EmailProgress> saved =
      EmailProgress::FromText(attempt.progress);
  EmailProgress progress;
  if (!saved) {
    progress.left = settings_.to_addresses;
    return progress;
  }
  progress.is_delivered = saved->is_delivered;
  for (const std::string& address : settings_.to_addresses) {
    if (absl::c_linear_search(saved->left, address)) {
      progress.left.push_back(address);
    }
  }
  return progress;
}

DeliveryResult EmailHandler::Send(const OutgoingMessage& message,
                                  const DeliveryAttempt& attempt) {
  const std::string missing = MissingSetting();
  if (!missing.empty()) {
    return DeliveryResult::NotConfigured(
        absl::StrCat("The setting ", missing, " is missing"));
  }
  const absl::Status status = CheckHeaders(message);
  if (!status.ok()) {
    return DeliveryResult::Refused(std::string(status.message()));
  }
  EmailProgress progress = Start(attempt);
  if (progress.left.empty()) {
    return progress.is_delivered
               ? DeliveryResult::Delivered()
               : DeliveryResult::Refused("No recipient is left to be tried");
  }

  const absl::Duration start = clock_->Uptime();
  const absl::Duration end_of_half = start + attempt.timeout / 2;
  const auto should_stop = [&] {
    return clock_->Uptime() >= end_of_half ||
           (interrupt_ != nullptr && interrupt_->raised());
  };
  SmtpMail mail;
  std::vector<std::string> notes;
  const absl::StatusOr<ScratchFolder> scratch = ScratchFolder::Create();
  if (scratch.ok()) {
    MailAttachments attachments =
        CompressAttachments(message.attachments, scratch->path(), should_stop);
    mail.files = std::move(attachments.files);
    notes = std::move(attachments.notes);
  } else if (!message.attachments.empty()) {
    // The message matters more than what goes with it.
    notes.push_back(absl::StrCat("Attachments were not sent: ",
                                 EscapeForLog(scratch.status().message())));
  }
  const std::string text = WholeText(message, notes);
  mail.from = settings_.from_address;
  mail.recipients = progress.left;
  mail.headers = Headers(message);
  mail.text = ToCrlf(text);
  mail.html = ToCrlf(ToHtml(text));
  const std::vector<SmtpResult> results =
      smtp_->Send(Server(), mail, attempt.timeout - (clock_->Uptime() - start));

  DeliveryResult result = Evaluate(results, &progress);
  const bool has_changed = progress.left.size() < mail.recipients.size();
  if (has_changed && !progress.left.empty()) {
    attempt.save_progress(progress.ToText());
  }
  const bool is_accepted = absl::c_any_of(results, [](const SmtpResult& r) {
    return r.verdict == SmtpVerdict::kAccepted;
  });
  if (is_accepted) {
    result.warnings.insert(result.warnings.end(), notes.begin(), notes.end());
  }
  return result;
}

}  // namespace dirwatcher
