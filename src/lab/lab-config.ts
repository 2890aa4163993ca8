import { LAB_NEIGHBOR, LAB_SPEAKER } from "./lab-topology.ts";

/** Startup configuration of a lab whose data directory is empty: our speaker and the embedded neighbour, as XML. */
export function labConfig(): string {
  return `<bgp xmlns="urn:bmpconfd:yang:bgp">
  <local-as>${LAB_SPEAKER.as}</local-as>
  <router-id>${LAB_SPEAKER.routerId}</router-id>
  <neighbor>
    <address>${LAB_NEIGHBOR.address}</address>
    <description>The lab's embedded neighbour</description>
    <remote-as>${LAB_NEIGHBOR.as}</remote-as>
    <connection-mode>passive</connection-mode>
    <hold-time>${LAB_NEIGHBOR.holdTimeS}</hold-time>
    <connect-retry-time>5</connect-retry-time>
  </neighbor>
</bgp>
`;
}
