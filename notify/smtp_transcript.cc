#include "notify/smtp_transcript.h"

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"

namespace dirwatcher {
namespace {

// RFC 5321, 4.5.3.1.5. The rest of a longer line is dropped.
constexpr size_t kMaxLineBytes = 512;

bool IsDigit(char c) {
  return absl::ascii_isdigit(static_cast<unsigned char>(c));
}

}  // namespace

SmtpTranscript::Phase SmtpTranscript::PhaseOf(absl::string_view command) {
  if (absl::StartsWith(command, "EHLO ")) return Phase::kHello;
  if (absl::StartsWith(command, "HELO ")) return Phase::kHello;
  if (absl::StartsWith(command, "STARTTLS\r\n")) return Phase::kStartTls;
  if (absl::StartsWith(command, "AUTH ")) return Phase::kAuth;
  if (absl::StartsWith(command, "MAIL FROM:")) return Phase::kMail;
  if (absl::StartsWith(command, "RCPT TO:")) return Phase::kRcpt;
  if (absl::StartsWith(command, "DATA\r\n")) return Phase::kData;
  if (absl::StartsWith(command, "QUIT\r\n")) return Phase::kQuit;
  return Phase::kOther;
}

const char* SmtpTranscript::NameOf(Phase phase) {
  switch (phase) {
    case Phase::kConnection:
      return "the connection";
    case Phase::kHello:
      return "EHLO";
    case Phase::kStartTls:
      return "STARTTLS";
    case Phase::kAuth:
      return "AUTH";
    case Phase::kMail:
      return "MAIL";
    case Phase::kRcpt:
      return "RCPT";
    case Phase::kData:
      return "DATA";
    case Phase::kMessage:
      return "the message";
    case Phase::kQuit:
    case Phase::kOther:
      break;
  }
  return "a command";
}

void SmtpTranscript::AddSent(absl::string_view command) {
  // What is sent after 334 is no command, but what AUTH asked for.
  const bool answers_auth = phase_ == Phase::kAuth && last_.code == 334;
  if (!answers_auth) phase_ = PhaseOf(command);
  if (phase_ == Phase::kRcpt) recipients_.emplace_back();
  // A client says QUIT, too, because of what it was told.
  if (phase_ != Phase::kQuit) last_ = SmtpReply();
}

void SmtpTranscript::AddReceived(absl::string_view bytes) {
  for (const char c : bytes) {
    if (c == '\n') {
      AddLine(line_);
      line_.clear();
    } else if (c != '\r' && line_.size() < kMaxLineBytes) {
      line_ += c;
    }
  }
}

void SmtpTranscript::AddLine(absl::string_view line) {
  if (phase_ == Phase::kQuit) return;
  if (line.size() < 3 || !IsDigit(line[0]) || !IsDigit(line[1]) ||
      !IsDigit(line[2])) {
    return;
  }
  // A hyphen says that more lines follow.
  if (line.size() > 3 && line[3] == '-') return;
  last_ = SmtpReply();
  last_.code = (line[0] - '0') * 100 + (line[1] - '0') * 10 + (line[2] - '0');
  last_.command = NameOf(phase_);
  const bool has_text = phase_ == Phase::kMail || phase_ == Phase::kRcpt ||
                        phase_ == Phase::kData || phase_ == Phase::kMessage;
  if (has_text && line.size() > 4) last_.text = std::string(line.substr(4));
  if (phase_ == Phase::kRcpt) recipients_.back() = last_;
  if (phase_ == Phase::kMessage && last_.is_success()) is_accepted_ = true;
  if (phase_ == Phase::kData && last_.code == 354) phase_ = Phase::kMessage;
}

absl::optional<SmtpReply> SmtpTranscript::refusal() const {
  if (is_accepted_ || !(last_.is_temporary() || last_.is_permanent())) {
    return absl::nullopt;
  }
  return last_;
}

}  // namespace dirwatcher
