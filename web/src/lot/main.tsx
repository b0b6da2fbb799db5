import { Page } from "../shell/Page";
import { Lot } from "./Lot";

Page("lot", (token, onRefused) => <Lot token={token} lotId={new URLSearchParams(location.search).get("lot") ?? ""} onRefused={onRefused} />);
