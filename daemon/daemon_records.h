// What a daemon records of its life, in the words that all daemons use.
//
//   PID: 4711                               INFO, at the start
//   Set signal handler: 2                   DEBUG, for each signal
//   Mode: PASSIVE                           INFO
//   Received 15 signal.                     INFO, when one comes
//   The signal was sent by PID 4712         DEBUG
//   interrupted == True                     INFO, if it ends a passive one
//   Graceful Interrupt...                   INFO, when it ends after that

#ifndef DIRWATCHER_DAEMON_DAEMON_RECORDS_H_
#define DIRWATCHER_DAEMON_DAEMON_RECORDS_H_

#include "daemon/daemon_options.h"
#include "env/waker.h"
#include "logging/logger.h"
#include "signals/signal_set.h"

namespace dirwatcher {

void LogProcess(Logger* logger);

// `handled` are the signals that mean something to it.
void LogStart(const SignalSet& handled, InterruptMode mode, Logger* logger);

void LogReceived(const ReceivedSignal& signal, Logger* logger);

// After LogReceived, if the signal is one that ends it.
void LogInterrupted(InterruptMode mode, Logger* logger);

void LogEnd(Logger* logger);

}  // namespace dirwatcher

#endif  // DIRWATCHER_DAEMON_DAEMON_RECORDS_H_
