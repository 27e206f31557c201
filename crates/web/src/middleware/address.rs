//! The caller's address behind trusted proxies.

use std::net::{IpAddr, SocketAddr};

use axum::http::HeaderMap;

const FORWARDED: &str = "x-forwarded-for";

/// The other end of the connection; put into each request by the accept loop.
#[derive(Debug, Clone, Copy)]
pub struct Peer(pub SocketAddr);

/// The address that the outermost trusted proxy saw.
///
/// Each of our proxies appends the address it sees to `X-Forwarded-For`, so of `trusted` proxies the entry that many
/// from the right was written by the outermost; what stands left of it was sent by the caller and is not believed.
pub fn of_caller(headers: &HeaderMap, peer: Option<Peer>, trusted: usize) -> Option<IpAddr> {
    let peer = peer.map(|Peer(address)| address.ip().to_canonical());
    if trusted == 0 {
        return peer;
    }
    let entries: Vec<&str> = headers
        .get_all(FORWARDED)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .collect();
    let seen = entries.len().checked_sub(trusted).and_then(|at| parsed(entries[at]));
    seen.or(peer)
}

/// The part of an address that one household or office has: all of IPv4, the /64 of IPv6.
pub fn neighbourhood(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(v6) => IpAddr::V6((v6.to_bits() & !u128::from(u64::MAX)).into()),
    }
}

/// An address, with or without a port or brackets.
fn parsed(text: &str) -> Option<IpAddr> {
    let bare = text.trim_start_matches('[').trim_end_matches(']');
    let address = bare.parse().or_else(|_| text.parse::<SocketAddr>().map(|address| address.ip()));
    address.ok().map(|address| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn seen(forwarded: &'static str, trusted: usize) -> String {
        let headers =
            HeaderMap::from_iter([(FORWARDED.parse().expect("a name"), HeaderValue::from_static(forwarded))]);
        let peer = Peer("10.0.0.9:4711".parse().expect("a literal"));
        of_caller(&headers, Some(peer), trusted).expect("some address").to_string()
    }

    #[test]
    fn the_nth_address_from_the_right_counts() {
        assert_eq!(seen("1.1.1.1, 2.2.2.2", 0), "10.0.0.9", "no proxy is trusted");
        assert_eq!(seen("1.1.1.1, 2.2.2.2", 1), "2.2.2.2");
        assert_eq!(seen("1.1.1.1, 2.2.2.2", 2), "1.1.1.1");
        assert_eq!(seen("1.1.1.1, 2.2.2.2", 3), "10.0.0.9", "somebody came past a proxy");
        assert_eq!(seen("nonsense", 1), "10.0.0.9");
        assert_eq!(seen("[2001:db8::1]:443", 1), "2001:db8::1");
        assert_eq!(seen("::ffff:3.3.3.3", 1), "3.3.3.3");
    }

    #[test]
    fn a_whole_ipv6_network_is_one_neighbour() {
        let home: IpAddr = "2001:db8:1:2:3:4:5:6".parse().expect("a literal");
        assert_eq!(neighbourhood(home).to_string(), "2001:db8:1:2::");
        let v4: IpAddr = "192.0.2.7".parse().expect("a literal");
        assert_eq!(neighbourhood(v4), v4);
    }
}
