// QueueListing: what `supervise --queue` prints. Pure.

#ifndef DIRWATCHER_CMD_QUEUE_LISTING_H_
#define DIRWATCHER_CMD_QUEUE_LISTING_H_

#include <string>
#include <vector>

#include "absl/time/time.h"
#include "notify/spool.h"

namespace dirwatcher {

// A head and a line for each delivery, in columns: when its message was
// written, its target without what may be secret, how often it was tried, what
// it waits for, for how many messages it stands, its subject, and what went
// wrong last. Only "Nothing waits." if there is none.
std::string QueueListing(const std::vector<QueuedDelivery>& deliveries,
                         absl::TimeZone zone);

}  // namespace dirwatcher

#endif  // DIRWATCHER_CMD_QUEUE_LISTING_H_
