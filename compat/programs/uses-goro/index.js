export { Channel } from "goro";
