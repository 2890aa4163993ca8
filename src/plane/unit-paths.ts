/** The units of configuration that the monitoring plane acts on, by schema path. */
export const unitPaths = Object.freeze({
  bmp: "/bmpconfd-bmp:bmp",
  bmpListen: "/bmpconfd-bmp:bmp/listen",
  bmpSession: "/bmpconfd-bmp:bmp/bmp-session",
  vpnInstance: "/bmpconfd-vpn-instance:vpn-instances/vpn-instance",
  bgp: "/bmpconfd-bgp:bgp",
  neighbor: "/bmpconfd-bgp:bgp/neighbor",
  mrtFeed: "/bmpconfd-mrt:mrt/feed",
  relayListen: "/bmpconfd-relay:relay/listen",
  relayRouter: "/bmpconfd-relay:relay/router",
});

/** The actions that it carries out, by schema path. */
export const actionPaths = Object.freeze({
  resetBmpSession: "/bmpconfd-bmp:bmp/bmp-session/reset",
  clearBmpSession: "/bmpconfd-bmp:bmp/bmp-session/clear-counters",
  resetNeighbor: "/bmpconfd-bgp:bgp/neighbor/reset",
});
