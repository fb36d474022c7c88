// SlackFiles: puts a file into a Slack channel.
//
// An incoming webhook takes no files, so this needs a bot's token with the
// scope files:write, and a channel that the bot is in. Three requests
// (docs.slack.dev, "Working with files"):
//
//   files.getUploadURLExternal   name and length; answers with a URL and an id
//   POST to that URL             the bytes
//   files.completeUploadExternal the id and the channel: only now it is seen

#ifndef DIRWATCHER_NOTIFY_SLACK_FILES_H_
#define DIRWATCHER_NOTIFY_SLACK_FILES_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "nlohmann/json.hpp"
#include "notify/http_delivery.h"
#include "notify/message_handler.h"

namespace dirwatcher {

struct SlackFile {
  std::string name;
  std::string content;  // not empty, or Slack refuses it
  std::string comment;  // stands above the file; escaped (slack_text.h)
};

// Thread-safe.
class SlackFiles {
 public:
  struct Settings {
    std::string api_url;    // without a slash at the end
    std::string bot_token;  // secret
    std::string channel;    // an id, not a name
    std::string ca_file;    // empty: the system's certificates
  };

  // `http` must outlive it.
  SlackFiles(Settings settings, const HttpDelivery* http)
      : settings_(std::move(settings)), http_(http) {}

  // All three requests. Slack answers with status 200 even where it refuses;
  // what it says there decides whether to try again, and is part of the reason.
  // `deadline` as in notify/http_delivery.h.
  DeliveryResult Share(const SlackFile& file, absl::Duration deadline) const;

 private:
  using Fields = std::vector<std::pair<std::string, std::string>>;

  // What a method of the API answers.
  struct Reply {
    DeliveryResult result;
    nlohmann::json body;  // an object, if it is delivered
  };

  Reply Call(absl::string_view method, const Fields& fields,
             absl::Duration deadline) const;

  const Settings settings_;
  const HttpDelivery* const http_;  // not owned
};

}  // namespace dirwatcher

#endif  // DIRWATCHER_NOTIFY_SLACK_FILES_H_
