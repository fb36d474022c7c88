#include "daemon/service_notifier.h"

#include <systemd/sd-daemon.h>
#include <time.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"

namespace dirwatcher {
namespace {

void Notify(const std::string& message) {
  sd_notify(/*unset_environment=*/0, message.c_str());
}

}  // namespace

void SystemdNotifier::Ready() { Notify("READY=1"); }

void SystemdNotifier::Reloading() {
  // The moment tells this reload from others; in the same datagram, or the
  // manager refuses it.
  struct timespec now = {};
  clock_gettime(CLOCK_MONOTONIC, &now);
  Notify(absl::StrCat("RELOADING=1\nMONOTONIC_USEC=",
                      now.tv_sec * 1'000'000 + now.tv_nsec / 1000));
}

void SystemdNotifier::Stopping() { Notify("STOPPING=1"); }

void SystemdNotifier::Status(absl::string_view line) {
  Notify(absl::StrCat("STATUS=", absl::StrReplaceAll(line, {{"\n", " "}})));
}

}  // namespace dirwatcher
