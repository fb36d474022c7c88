// SmtpTranscript: learns from what client and server say to each other what
// became of a mail. Pure.
//
//   transcript.AddSent("RCPT TO:<a@example.com>\r\n");
//   transcript.AddReceived("550 5.1.1 no such user\r\n");
//   transcript.recipients()[0].code == 550
//
// libcurl tells only how a transfer ended; it lets us read along, though.
// Nothing of the authentication is kept but the codes of the replies.

#ifndef DIRWATCHER_NOTIFY_SMTP_TRANSCRIPT_H_
#define DIRWATCHER_NOTIFY_SMTP_TRANSCRIPT_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/optional.h"

namespace dirwatcher {

// The last line of a reply (RFC 5321, 4.2).
struct SmtpReply {
  int code = 0;  // 0: there is none yet
  // Empty for replies to other commands than MAIL, RCPT and DATA, which could
  // repeat a password. At most 512 bytes; any bytes but line ends.
  std::string text;
  // What it answers: "RCPT"; "the connection", "the message".
  std::string command;

  bool is_success() const { return code / 100 == 2; }
  bool is_temporary() const { return code / 100 == 4; }
  bool is_permanent() const { return code / 100 == 5; }
};

// Thread-compatible. Commands are not pipelined: each is sent when the one
// before it is answered, as libcurl does.
class SmtpTranscript {
 public:
  // The client sent a command, with its line end.
  void AddSent(absl::string_view command);
  // The server sent some bytes; lines may come in pieces.
  void AddReceived(absl::string_view bytes);

  // The replies to each RCPT, in order.
  const std::vector<SmtpReply>& recipients() const { return recipients_; }

  // Whether the server took the mail over: what comes later cannot undo it.
  bool is_accepted() const { return is_accepted_; }

  bool has_quit() const { return phase_ == Phase::kQuit; }

  // The reply that ended it: the last one, if it is 4xx or 5xx and the client
  // sent no command after it but QUIT, whose own reply does not matter.
  absl::optional<SmtpReply> refusal() const;

 private:
  enum class Phase {
    kConnection,  // before the first command
    kHello,
    kStartTls,
    kAuth,
    kMail,
    kRcpt,
    kData,
    kMessage,  // the server asked for the message
    kQuit,
    kOther,
  };

  void AddLine(absl::string_view line);
  static Phase PhaseOf(absl::string_view command);
  static const char* NameOf(Phase phase);

  Phase phase_ = Phase::kConnection;
  std::string line_;  // the unfinished one
  SmtpReply last_;    // since the last command but QUIT
  std::vector<SmtpReply> recipients_;
  bool is_accepted_ = false;
};

}  // namespace dirwatcher

#endif  // DIRWATCHER_NOTIFY_SMTP_TRANSCRIPT_H_
