// ConsoleHandler: prints messages for who sits at a terminal.
//
//   Backup failed
//
//   No space left on device
//
//   backup version: 1.2
//
// The text may be any program's output, so what a terminal would obey is
// escaped as in a log (logging/escape.h), but tabs and line ends stay, and so
// do backslashes: it is meant to be read. Attachments are not shown.

#ifndef DIRWATCHER_NOTIFY_CONSOLE_HANDLER_H_
#define DIRWATCHER_NOTIFY_CONSOLE_HANDLER_H_

#include "logging/byte_sink.h"
#include "notify/message_handler.h"

namespace dirwatcher {

// Thread-compatible.
class ConsoleHandler : public MessageHandler {
 public:
  // `sink` must outlive it.
  explicit ConsoleHandler(ByteSink* sink) : sink_(sink) {}

  // Writes the message at once, whatever attempt.timeout is. Tries again when
  // the sink fails.
  DeliveryResult Send(const OutgoingMessage& message,
                      const DeliveryAttempt& attempt) override;

 private:
  ByteSink* const sink_;  // not owned
};

}  // namespace dirwatcher

#endif  // DIRWATCHER_NOTIFY_CONSOLE_HANDLER_H_
