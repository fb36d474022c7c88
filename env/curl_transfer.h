// PerformCurl: runs a transfer of libcurl to its end, and ends it early when
// time is over or the program is to stop.
//
//   CurlEasy easy(*curl);
//   easy.Set(CURLOPT_URL, url);
//   absl::Status status = PerformCurl(PerformCurl(&easy, "example.com",
//   timeout, interrupt);easy, "example.com", timeout, /*ca_file=*/"",
//                                     interrupt);

#ifndef DIRWATCHER_ENV_CURL_TRANSFER_H_
#define DIRWATCHER_ENV_CURL_TRANSFER_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "env/curl_handles.h"
#include "env/interrupt_flag.h"

namespace dirwatcher {

// Sets the options that every transfer has, and performs it. It uses a
// connection of its own, which it closes; it never uses a signal, and verifies
// certificates and the names in them. `ca_file` (PEM) stands in place of the
// system's certificates if it is not empty. `peer` is what messages name: a
// host, without anything secret. `interrupt` may be null.
//   INVALID_ARGUMENT    libcurl cannot use the URL
//   DEADLINE_EXCEEDED   `timeout` has passed
//   CANCELLED           `interrupt` is raised; noticed at once
//   ABORTED             a callback ended it
//   UNAUTHENTICATED     user or password were not accepted
//   UNAVAILABLE         everything else: names, connections, TLS, memory
// Messages are the peer, and words of libcurl that hold neither the URL nor
// anything that was sent or received.
absl::Status PerformCurl(CurlEasy* easy, absl::string_view peer,
                         absl::Duration timeout, const std::string& ca_file,
                         const InterruptFlag* interrupt);

}  // namespace dirwatcher

#endif  // DIRWATCHER_ENV_CURL_TRANSFER_H_
