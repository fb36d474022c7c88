// SignedText: the text of a message with its signature below. Pure.

#ifndef DIRWATCHER_NOTIFY_SIGNED_TEXT_H_
#define DIRWATCHER_NOTIFY_SIGNED_TEXT_H_

#include <string>

#include "notify/message.h"

namespace dirwatcher {

// The text, an empty line and the signature, without a line end behind it. What
// is empty of the two is left out.
inline std::string SignedText(const OutgoingMessage& message) {
  std::string text = message.text;
  if (message.signature.empty() || text.empty()) {
    return text + message.signature;
  }
  if (text.back() != '\n') text += '\n';
  return text + "\n" + message.signature;
}

}  // namespace dirwatcher

#endif  // DIRWATCHER_NOTIFY_SIGNED_TEXT_H_
