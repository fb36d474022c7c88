#include "notify/console_handler.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "logging/escape.h"
#include "notify/signed_text.h"
#include "text/control_characters.h"
#include "text/utf8.h"

namespace dirwatcher {
namespace {

void AppendForTerminal(absl::string_view text, std::string* out) {
  while (!text.empty()) {
    size_t length = Utf8SequenceLength(text);
    if (length == 0) {
      length = 1;
      AppendEscapedForLog(text.substr(0, 1), out);
    } else {
      const absl::string_view character = text.substr(0, length);
      const char32_t c = DecodeUtf8(character);
      if (c != '\t' && c != '\n' && IsControlCharacter(c)) {
        AppendEscapedForLog(character, out);
      } else {
        absl::StrAppend(out, character);
      }
    }
    text.remove_prefix(length);
  }
}

}  // namespace

DeliveryResult ConsoleHandler::Send(const OutgoingMessage& message,
                                    const DeliveryAttempt& /*attempt*/) {
  std::string bytes;
  AppendForTerminal(message.subject, &bytes);
  bytes += "\n\n";
  AppendForTerminal(SignedText(message), &bytes);
  bytes += '\n';
  const WriteResult written = sink_->Write(bytes);
  if (!written.status.ok()) {
    return DeliveryResult::TryAgain(EscapeForLog(written.status.message()));
  }
  return DeliveryResult::Delivered();
}

}  // namespace dirwatcher
