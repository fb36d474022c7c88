// Spool: the messages that wait to be delivered, on disk.
//
//   absl::StatusOr<std::unique_ptr<Spool>> spool = Spool::Open(dir, now);
//   (*spool)->Add(message, {"mailto://..."}, rule, now);      // from then on
//   it for (const QueuedDelivery& each : *(*spool)->Due(now)) {  // cannot be
//   lost
//     absl::StatusOr<absl::optional<ClaimedDelivery>> claim =
//         (*spool)->Claim(each.id);
//     ... send it ...
//     (*spool)->NoteDelivered(each.id);
//   }
//
// A message waits for each of its targets by itself: such a pair is a delivery.
// Every method is one transaction: a process that is killed at any moment
// leaves a spool in which each delivery is still to be made, or has been.
//
// In the folder, which is this user's alone, stand
//   queue.db     an SQLite database
//   lock         byte n is locked while the delivery n is under way
//   files/ID/    what is attached to the message ID
//   dead/        what was refused for good, a folder for each delivery

#ifndef DIRWATCHER_NOTIFY_SPOOL_H_
#define DIRWATCHER_NOTIFY_SPOOL_H_

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "absl/types/span.h"
#include "notify/attachment_store.h"
#include "notify/message.h"
#include "notify/repeats.h"
#include "notify/row_locks.h"
#include "notify/sqlite.h"

namespace dirwatcher {

// What became of a message that was added.
struct SpooledMessage {
  RepeatDecision decision;
  int64_t message = 0;  // its number, or that of the one that took it in
};

// Why a delivery waits.
enum class DeliveryState {
  kReady,       // it is tried when its time has come
  kCollecting,  // its message is held back to take in repeats
  kCounted,     // its message stands for repeats that are only counted
};

struct QueuedDelivery {
  int64_t id = 0;
  int64_t message = 0;
  DeliveryState state = DeliveryState::kReady;
  std::string message_id;
  std::string subject;
  std::string target;
  absl::Time created;
  int64_t repeats = 1;  // how many messages it stands for
  int tries = 0;        // that failed
  absl::Time next_try;  // not before
  std::string last_error;
};

// A delivery that nobody else makes until it is noted or released.
struct ClaimedDelivery {
  OutgoingMessage message;
  std::string target;
  std::string progress;
  int tries = 0;
};

// Thread-safe. Any number of processes may use one folder. All methods: an
// error, UNAVAILABLE, says that the database cannot be read or written.
class Spool {
 public:
  // Opens the spool in `dir`, and makes it if it is not there.
  //   others  the folder cannot be made or written
  static absl::StatusOr<std::unique_ptr<Spool>> Open(const std::string& dir,
                                                     absl::Time now);

  // One that is lost with the process, for when there is no other.
  static absl::StatusOr<std::unique_ptr<Spool>> OpenInMemory();

  Spool(const Spool&) = delete;
  Spool& operator=(const Spool&) = delete;

  // Whether it outlives the process.
  bool is_on_disk() const { return !dir_.empty(); }

  // Puts a message on disk, for each of the targets once, with copies of what
  // is attached to it. A message that takes in others, or that stands for those
  // that were counted, goes to the targets of all of them; it says "Repeated N
  // times". REQUIRES: message.id is new.
  absl::StatusOr<SpooledMessage> Add(const OutgoingMessage& message,
                                     absl::Span<const std::string> targets,
                                     const RepeatRule& rule, absl::Time now);

  // Lets go a message that collects, or all messages that have been held back
  // for long enough.
  absl::Status Release(int64_t message, absl::Time now);
  absl::Status ReleaseExpired(absl::Time now);

  // All deliveries, in the order in which their messages were added.
  absl::StatusOr<std::vector<QueuedDelivery>> List();

  // Takes a delivery that is ready, whether its time has come or not; none: it
  // is made already, or somebody else is about to.
  absl::StatusOr<absl::optional<ClaimedDelivery>> Claim(int64_t delivery);

  // Keeps how far a delivery has come. REQUIRES: it is claimed; also below.
  absl::Status SaveProgress(int64_t delivery, const std::string& progress);

  // These end the claim, also if they fail.
  absl::Status NoteDelivered(int64_t delivery);
  absl::Status NoteFailed(int64_t delivery, const std::string& reason,
                          absl::Time next_try);
  // Moves it to dead/.
  absl::Status NoteRefused(int64_t delivery, const std::string& reason,
                           absl::Time now);

 private:
  Spool(std::string dir, SqliteDatabase database,
        std::unique_ptr<RowLocks> locks);

  absl::Status CreateTables();
  void RemoveStrays(absl::Time now);

  // These are parts of a transaction.
  RepeatState ReadRepeatState(const std::string& key);
  int64_t FindHeld(const std::string& key, DeliveryState state);
  int64_t Insert(const OutgoingMessage& message, const RepeatRule& rule,
                 const RepeatDecision& decision);
  void AddTarget(int64_t message, const std::string& target);
  // The counted message becomes part of `heir`; returns its id.
  std::string Inherit(int64_t counted, int64_t heir);
  void ReleaseHeld(int64_t message, absl::Time now);
  absl::optional<ClaimedDelivery> Load(int64_t delivery);
  // Returns the id of its message if that was its last delivery.
  std::string Forget(int64_t delivery);

  const std::string dir_;  // empty: in memory
  AttachmentStore files_;
  std::mutex mutex_;  // guards database_
  SqliteDatabase database_;
  const std::unique_ptr<RowLocks> locks_;
};

}  // namespace dirwatcher

#endif  // DIRWATCHER_NOTIFY_SPOOL_H_
