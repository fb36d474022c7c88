// TlsMode: how a connection for mail is encrypted.

#ifndef DIRWATCHER_NOTIFY_TLS_MODE_H_
#define DIRWATCHER_NOTIFY_TLS_MODE_H_

namespace dirwatcher {

// What is demanded is what happens: without it nothing is sent.
enum class TlsMode {
  kNone,
  kStartTls,  // RFC 3207: the connection begins without
  kImplicit,  // RFC 8314: with it from the first byte
};

}  // namespace dirwatcher

#endif  // DIRWATCHER_NOTIFY_TLS_MODE_H_
