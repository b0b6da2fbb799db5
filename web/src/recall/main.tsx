import { Page } from "../shell/Page";
import { Recall } from "./Recall";

Page("recall", (token, onRefused) => <Recall token={token} onRefused={onRefused} />);
